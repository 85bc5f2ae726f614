import { describe, expect, it } from "vitest";
import { expectCode } from "../../test/expect-close.ts";
import {
  coversGroup,
  type FreezePhase,
  type FreezePolicy,
  frozenPolicy,
  fullPolicy,
  gradualPolicy,
  groupRate,
  type PhaseEnd,
  validatePolicy,
} from "./policy.ts";

const groups = ["embeddings", "head.hidden", "head.output"];
const phase = (learningRates: Readonly<Record<string, number>>, until?: PhaseEnd): FreezePhase => ({
  name: "p",
  learningRates,
  ...(until === undefined ? {} : { until }),
});
const policy = (...phases: FreezePhase[]): FreezePolicy => ({ name: "test", phases });

describe("groupRate", () => {
  it("is 1 where nothing is said", () => {
    expect(groupRate(phase({}), "embeddings")).toBe(1);
    expect(groupRate(phase({ embeddings: 0 }), "head.output")).toBe(1);
  });

  it("lets a name cover the groups below it, the longest name counting", () => {
    const rates = phase({ head: 0.5, "head.output": 0.1 });
    expect(groups.map((group) => groupRate(rates, group))).toEqual([1, 0.5, 0.1]);
    const reversed = phase({ "head.output": 0.1, head: 0.5 });
    expect(groups.map((group) => groupRate(reversed, group))).toEqual([1, 0.5, 0.1]);
    expect(groupRate(phase({ head: 0 }), "head")).toBe(0);
  });

  it("covers whole names alone", () => {
    expect(coversGroup("head", "headers")).toBe(false);
    expect(coversGroup("headers", "head")).toBe(false);
    expect(coversGroup("head.out", "head.output")).toBe(false);
    expect(coversGroup("head", "head.output")).toBe(true);
    expect(coversGroup("head.output", "head")).toBe(false);
    expect(groupRate(phase({ head: 0 }), "headers")).toBe(1);
  });
});

describe("validatePolicy", () => {
  it("accepts the policies that there are, after JSON too", () => {
    const gradual = gradualPolicy({
      until: { kind: "plateau", patience: 2, minDelta: 0.01, maxEpochs: 9 },
      headRate: 0.5,
    });
    for (const known of [frozenPolicy, fullPolicy, gradual]) {
      validatePolicy(known, groups);
      const copy = JSON.parse(JSON.stringify(known)) as FreezePolicy;
      expect(copy).toEqual(known);
      validatePolicy(copy, groups);
    }
    expect(gradual.phases.map((part) => groups.map((group) => groupRate(part, group)))).toEqual([
      [0, 1, 1],
      [1, 0.5, 0.5],
    ]);
  });

  const later = { ...phase({}), name: "later" };
  it.each<[string, FreezePolicy, string]>([
    ["no phases", policy(), "INVALID_POLICY"],
    ["phases that are no list", { name: "test" } as FreezePolicy, "INVALID_POLICY"],
    [
      "two phases of one name",
      policy(phase({}, { kind: "epochs", epochs: 1 }), phase({ embeddings: 0 })),
      "INVALID_POLICY",
    ],
    ["an unknown group", policy(phase({ heads: 0 })), "UNKNOWN_GROUP"],
    ["a group below a layer", policy(phase({ "head.output.bias": 0 })), "UNKNOWN_GROUP"],
    ["a negative rate", policy(phase({ head: -1 })), "INVALID_POLICY"],
    ["a rate of NaN", policy(phase({ head: Number.NaN })), "INVALID_POLICY"],
    ["an infinite rate", policy(phase({ head: Infinity })), "INVALID_POLICY"],
    ["everything frozen", policy(phase({ embeddings: 0, head: 0 })), "INVALID_POLICY"],
    ["a last phase that ends", policy(phase({}, { kind: "epochs", epochs: 1 })), "INVALID_POLICY"],
    ["an earlier phase without end", policy(phase({}), later), "INVALID_POLICY"],
    ["no epochs", policy(phase({}, { kind: "epochs", epochs: 0 }), later), "INVALID_POLICY"],
    ["half an epoch", policy(phase({}, { kind: "epochs", epochs: 1.5 }), later), "INVALID_POLICY"],
    ["no patience", policy(phase({}, { kind: "plateau", patience: 0 }), later), "INVALID_POLICY"],
    ["negative minDelta", policy(phase({}, { kind: "plateau", patience: 1, minDelta: -1 }), later), "INVALID_POLICY"],
    ["no maxEpochs", policy(phase({}, { kind: "plateau", patience: 1, maxEpochs: 0 }), later), "INVALID_POLICY"],
    ["an unknown end", policy(phase({}, { kind: "loss" } as unknown as PhaseEnd), later), "INVALID_POLICY"],
  ])("refuses %s", (_, wrong, code) => {
    expectCode(() => validatePolicy(wrong, groups), code);
  });

  it("names the policy, the phase and the groups that there are", () => {
    expect(() => validatePolicy(policy(phase({ heads: 0 })), groups)).toThrow(
      /policy "test", phase 1 \("p"\): there is no group "heads"; there are embeddings, head\.hidden, head\.output/,
    );
  });
});

describe("a policy from a file", () => {
  it.each([
    [null],
    [{ name: "x" }],
    [{ name: "x", phases: {} }],
    [{ name: "x", phases: [null] }],
    [{ name: "x", phases: ["frozen"] }],
    [{ name: "x", phases: [{ learningRates: {} }] }],
    [{ name: "x", phases: [{ name: "a", learningRates: [0] }] }],
    [{ name: "x", phases: [{ name: "a", learningRates: {}, rows: null }] }],
    [{ name: "x", phases: [{ name: "a", learningRates: {}, until: null }] }],
    [
      {
        name: "x",
        phases: [
          { name: "a", learningRates: {}, until: "plateau" },
          { name: "b", learningRates: {} },
        ],
      },
    ],
    [{ name: "x", phases: [{ name: "a", learningRates: { embeddings: "0" } }] }],
  ])("is refused with INVALID_POLICY: %j", (wrong) => {
    expectCode(() => validatePolicy(wrong as unknown as FreezePolicy, groups), "INVALID_POLICY");
  });

  it("may leave out the learning rates", () => {
    validatePolicy({ name: "x", phases: [{ name: "a" }] } as unknown as FreezePolicy, groups);
  });
});
