import { PolicyError } from "../errors.ts";
import type { FreezePhase, FreezePolicy } from "./policy.ts";
import { policySchema } from "./policy-schema.ts";
import { checkSchema } from "./schema-check.ts";

/**
 * Reads a freeze policy from JSON text, or from the value that it holds. A policy without a name is called `custom`, a phase
 * without one `phase N`. `where` (such as the file's name) stands before the path of a fault. Groups are checked later, by
 * the trainer.
 * @throws PolicyError INVALID_POLICY with a JSON path such as `$.phases[1].rows.rules[0]`
 * @example
 * const policy = parsePolicy('{ "phases": [ { "rows": { "kind": "rank", "to": 1000 } } ] }');
 */
export function parsePolicy(json: string | object, where = "policy"): FreezePolicy {
  let value: unknown = json;
  if (typeof json === "string") {
    try {
      value = JSON.parse(json);
    } catch (cause) {
      throw new PolicyError("INVALID_POLICY", `${where}: expected a policy as JSON (${(cause as Error).message})`);
    }
  }
  checkSchema(policySchema, value, where);
  const { name, phases } = value as { name?: string; phases: readonly Partial<FreezePhase>[] };
  return {
    name: name ?? "custom",
    phases: phases.map((phase, i) => ({
      ...phase,
      name: phase.name ?? `phase ${i + 1}`,
      learningRates: phase.learningRates ?? {},
    })),
  };
}
