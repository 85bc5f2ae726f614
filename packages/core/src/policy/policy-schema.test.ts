import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomPolicy } from "../../test/random-policy.ts";
import { parsePolicy } from "./parse-policy.ts";
import { validatePolicy } from "./policy.ts";
import { policySchema } from "./policy-schema.ts";
import { policyNames, presetPolicy } from "./presets.ts";

const headGroups = ["head.hidden", "head.output"];
const groups = ["embeddings", ...headGroups];
const accepts = new Ajv2020({ strict: true, strictRequired: false }).compile(policySchema);
const world = { rows: 6, words: ["w1", "w2", "axe"], classes: 2, headGroups };

const parses = (value: unknown): boolean => {
  try {
    parsePolicy(value as object);
    return true;
  } catch (error) {
    expect(error).toMatchObject({ code: "INVALID_POLICY" });
    return false;
  }
};

type Path = readonly (string | number)[];

/** Every place in a JSON value. */
function paths(value: unknown, at: Path = []): Path[] {
  if (typeof value !== "object" || value === null) return [at];
  return [
    at,
    ...Object.entries(value).flatMap(([key, inner]) => paths(inner, [...at, Array.isArray(value) ? Number(key) : key])),
  ];
}

/** A copy with what stands at a path replaced, or removed where `by` is undefined. */
function replaced(value: unknown, path: Path, by: unknown): unknown {
  if (path.length === 0) return by;
  const [key, ...rest] = path;
  const copy: Record<string | number, unknown> = Array.isArray(value)
    ? ([...value] as never)
    : { ...(value as object) };
  const inner = replaced((value as Record<string | number, unknown>)[key], rest, by);
  if (inner === undefined && Array.isArray(copy)) copy.splice(Number(key), 1);
  else if (inner === undefined) delete copy[key];
  else copy[key] = inner;
  return copy;
}

describe("policySchema", () => {
  it.each(policyNames)("accepts the preset %s, before and after JSON", (name) => {
    const policy = presetPolicy(name, { headGroups });
    const copy: unknown = JSON.parse(JSON.stringify(policy));
    expect(accepts(copy)).toBe(true);
    expect(parsePolicy(copy as object)).toEqual(policy);
    validatePolicy(policy, groups);
  });

  it("accepts every policy that a trainer can be given, to the letter what parsePolicy gives back", () => {
    fc.assert(
      fc.property(randomPolicy(world), (policy) => {
        const copy: unknown = JSON.parse(JSON.stringify(policy));
        expect(accepts(copy)).toBe(true);
        expect(parsePolicy(JSON.stringify(policy))).toEqual(copy);
      }),
      { seed: 4, numRuns: 300 },
    );
  });

  it("and parsePolicy agree on policies with one thing wrong, and on those where the change is none", () => {
    const wrong = [
      undefined,
      null,
      -1,
      0,
      1.5,
      "",
      "none",
      true,
      [],
      {},
      { kind: "all" },
      [{ kind: "all" }],
      { kinds: 1 },
    ];
    let refused = 0;
    fc.assert(
      fc.property(randomPolicy(world), fc.nat(), fc.constantFrom(...wrong), (policy, place, by) => {
        const copy: unknown = JSON.parse(JSON.stringify(policy));
        const all = paths(copy);
        const path = all[place % all.length];
        const changed = replaced(copy, path, by);
        const isAccepted = accepts(changed);
        if (!isAccepted) refused++;
        expect(parses(changed)).toBe(isAccepted);
      }),
      { seed: 5, numRuns: 2000 },
    );
    expect(refused).toBeGreaterThan(500);
  });

  it("refuses what validatePolicy refuses for its form", () => {
    const phase = { name: "a", learningRates: {} };
    const later = { name: "b", learningRates: {} };
    for (const phases of [
      [],
      [{ ...phase, learningRates: [0] }],
      [{ ...phase, learningRates: { head: "0" } }],
      [{ ...phase, learningRates: { head: -1 } }],
      [{ ...phase, rows: null }],
      [{ ...phase, rows: { kind: "rang" } }],
      [{ ...phase, rowRates: { kind: "all" } }],
      [{ ...phase, rowRates: [{ rows: { kind: "all" } }] }],
      [{ ...phase, until: "plateau" }, later],
      [{ ...phase, until: { kind: "epochs", epochs: 0 } }, later],
      [{ ...phase, until: { kind: "epochs", epochs: 1, patience: 1 } }, later],
    ]) {
      const policy = { name: "x", phases } as never;
      expect(accepts(policy)).toBe(false);
      expect(() => validatePolicy(policy, groups)).toThrow(expect.objectContaining({ code: "INVALID_POLICY" }));
    }
  });
});

describe("parsePolicy", () => {
  it("names what has no name", () => {
    expect(parsePolicy('{ "phases": [ {}, { "rows": { "kind": "none" } } ] }')).toEqual({
      name: "custom",
      phases: [
        { name: "phase 1", learningRates: {} },
        { name: "phase 2", learningRates: {}, rows: { kind: "none" } },
      ],
    });
  });

  it.each([
    ["{", "mine.json: expected a policy as JSON"],
    ["null", "mine.json, at $: expected object, got null"],
    ['{ "phase": [] }', 'mine.json, at $: unknown key "phase"; did you mean "phases"?'],
    [
      '{ "phases": [ { "learningrates": {} } ] }',
      '$.phases[0]: unknown key "learningrates"; did you mean "learningRates"?',
    ],
    [
      '{ "phases": [ { "learningRates": { "head.output": "1" } } ] }',
      '$.phases[0].learningRates["head.output"]: expected number ≥ 0, got "1"',
    ],
    [
      '{ "phases": [ { "rows": { "kind": "and", "rules": [ { "kind": "all" }, { "kind": "mincount", "count": 1 } ] } } ] }',
      '$.phases[0].rows.rules[1]: unknown kind "mincount"; did you mean "min-count"?',
    ],
    ['{ "phases": [ { "rows": { "kind": "rank" } } ] }', '$.phases[0].rows: expected "from" or "to"'],
    ['{ "phases": [ { "rows": "all" } ] }', '$.phases[0].rows: expected an object with a "kind"'],
    [
      '{ "phases": [ { "until": { "kind": "epochs", "epochs": 1.5 } } ] }',
      "$.phases[0].until.epochs: expected integer ≥ 1, got 1.5",
    ],
    ['{ "phases": [ { "rows": { "kind": "min-count" } } ] }', '$.phases[0].rows: expected a "count"'],
  ])("refuses %s with its place", (json, message) => {
    expect(() => parsePolicy(json, "mine.json")).toThrow(message);
  });
});
