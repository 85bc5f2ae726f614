import { PolicyError } from "../errors.ts";
import { nearestName } from "../util/nearest-name.ts";
import type { PolicySchema, PolicySchemaNode } from "./policy-schema.ts";

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isOfType: Readonly<Record<NonNullable<PolicySchemaNode["type"]>, (value: unknown) => boolean>> = {
  object: isObject,
  array: Array.isArray,
  string: (value) => typeof value === "string",
  boolean: (value) => typeof value === "boolean",
  number: Number.isFinite,
  integer: Number.isInteger,
};

/** Shown values are cut: a rule may list thousands of words. */
function shown(value: unknown): string {
  const text = typeof value === "number" ? String(value) : (JSON.stringify(value) ?? "nothing");
  return text.length > 120 ? `${text.slice(0, 120)} …` : text;
}

const keyPath = (path: string, key: string): string =>
  /^[A-Za-z_]\w*$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`;

/**
 * Checks a value against a schema. `where` stands before the path in messages.
 * @throws PolicyError INVALID_POLICY with the JSON path of the first fault
 */
export function checkSchema(schema: PolicySchema, value: unknown, where: string): void {
  // Annotated, so that what follows a call counts as unreachable.
  const refuse: (path: string, message: string) => never = (path, message) => {
    throw new PolicyError("INVALID_POLICY", `${where}, at ${path}: ${message}`);
  };

  const checkKeys = (node: PolicySchemaNode, object: Readonly<Record<string, unknown>>, path: string): void => {
    const known = Object.keys(node.properties ?? {});
    for (const [key, inner] of Object.entries(object)) {
      // As JSON has it: a key without a value is not there.
      if (inner === undefined) continue;
      if (Object.hasOwn(node.properties ?? {}, key)) check(node.properties![key]!, inner, keyPath(path, key));
      else if (node.additionalProperties === false) {
        const nearest = nearestName(key, known);
        refuse(path, `unknown key "${key}"; did you mean "${nearest}"? Known are ${known.join(", ")}`);
      } else if (node.additionalProperties !== undefined) {
        check(node.additionalProperties, inner, keyPath(path, key));
      }
    }
    const missing = node.required?.find((key) => object[key] === undefined);
    if (missing !== undefined) refuse(path, `expected a "${missing}", got ${shown(object)}`);
    const { anyOf } = node;
    if (anyOf !== undefined && !anyOf.some(({ required }) => required.every((key) => object[key] !== undefined))) {
      const names = anyOf.map(({ required }) => required.join(" and "));
      refuse(path, `expected ${names.map((name) => `"${name}"`).join(" or ")}, got ${shown(object)}`);
    }
  };

  const checkUnion = (branches: readonly PolicySchemaNode[], given: unknown, path: string): void => {
    const kinds = branches.map((branch) => branch.properties!.kind!.const!);
    if (!isObject(given) || typeof given.kind !== "string") {
      refuse(path, `expected an object with a "kind", one of ${kinds.join(", ")}; got ${shown(given)}`);
    }
    const branch = branches[kinds.indexOf(given.kind)];
    if (branch === undefined) {
      const nearest = nearestName(given.kind, kinds);
      refuse(path, `unknown kind ${shown(given.kind)}; did you mean "${nearest}"? There are ${kinds.join(", ")}`);
    }
    check(branch, given, path);
  };

  const check = (node: PolicySchemaNode, given: unknown, path: string): void => {
    if (node.$ref !== undefined) check(schema.$defs[node.$ref.slice("#/$defs/".length)]!, given, path);
    if (node.oneOf !== undefined) checkUnion(node.oneOf, given, path);
    if (node.type !== undefined && !isOfType[node.type](given)) {
      const expected = node.minimum === undefined ? node.type : `${node.type} ≥ ${node.minimum}`;
      refuse(path, `expected ${expected}, got ${shown(given)}`);
    }
    if (node.minimum !== undefined && !((given as number) >= node.minimum)) {
      refuse(path, `expected ${node.type} ≥ ${node.minimum}, got ${shown(given)}`);
    }
    if (node.enum !== undefined && !node.enum.includes(given as string)) {
      refuse(path, `expected one of ${node.enum.join(", ")}, got ${shown(given)}`);
    }
    if (isObject(given)) checkKeys(node, given, path);
    if (Array.isArray(given)) {
      if (given.length < (node.minItems ?? 0)) refuse(path, `expected at least ${node.minItems} of them, got none`);
      for (let i = 0; node.items !== undefined && i < given.length; i++) check(node.items, given[i], `${path}[${i}]`);
    }
  };

  check(schema, value, "$");
}
