import { describe, expect, it } from "vitest";
import { expectCode } from "../../test/expect-close.ts";
import { compileRowRule, ruleUses, withoutDrift } from "./compile-row-rule.ts";
import type { RowFacts, RowRule } from "./row-rule.ts";

const facts: RowFacts = {
  rows: 5,
  counts: [0, 9, 2, 1, 5],
  pretrained: Uint8Array.of(1, 1, 0, 1, 0),
  words: ["", "Good", "good", "n't", "goods"],
  // Of 4 and 4 examples row 1 is in 4 and 0, row 2 in 1 and 1, row 3 in 0 and 1, row 4 in 1 and 3.
  labels: { classes: 2, rows: [1, 2, 3, 4], counts: [4, 0, 1, 1, 0, 1, 1, 3], examples: [4, 4] },
  drift: (row) => ({ cosineDistance: row / 10, l2: 5 - row, relativeL2: 0 }),
};

const movable = (rule: RowRule, about: RowFacts = facts): number[] => {
  const moves = compileRowRule(rule, about);
  return [0, 1, 2, 3, 4].filter((row) => moves(row));
};

describe("compileRowRule", () => {
  it.each<[RowRule, number[]]>([
    [{ kind: "all" }, [0, 1, 2, 3, 4]],
    [{ kind: "none" }, []],
    [{ kind: "min-count", count: 2 }, [1, 2, 4]],
    [{ kind: "min-count", count: 0 }, [0, 1, 2, 3, 4]],
    [{ kind: "pretrained", found: true }, [0, 1, 3]],
    [{ kind: "pretrained", found: false }, [2, 4]],
    [{ kind: "rows", rows: [4, 0, 4] }, [0, 4]],
    [{ kind: "rows", rows: [] }, []],
    // Ranks: row 1, 4, 2, 3; row 0 does not occur.
    [{ kind: "rank", to: 2 }, [1, 4]],
    [{ kind: "rank", from: 2, to: 3 }, [2, 4]],
    [{ kind: "rank", from: 4 }, [3]],
    [{ kind: "rank", to: 0 }, []],
    [{ kind: "band", by: "count", from: 2, to: 9 }, [2, 4]],
    [{ kind: "band", by: "count", to: 2 }, [3]],
    [{ kind: "band", by: "count", from: 0 }, [1, 2, 3, 4]],
    // Shares 0, 1/4, 2/4, 3/4.
    [{ kind: "band", by: "quantile", to: 0.5 }, [1, 4]],
    [{ kind: "band", by: "quantile", from: 0.5 }, [2, 3]],
    [{ kind: "band", by: "quantile", from: 0, to: 1 }, [1, 2, 3, 4]],
    [{ kind: "words", words: ["good", "never", "n't"] }, [2, 3]],
    [{ kind: "words", words: [] }, []],
    [{ kind: "pattern", pattern: "^good" }, [2, 4]],
    [{ kind: "pattern", pattern: "^good$", ignoreCase: true }, [1, 2]],
    [{ kind: "pattern", pattern: "\\p{P}" }, [3]],
    [{ kind: "class-indicative", statistic: "mutual-information", top: 1 }, [1]],
    [{ kind: "class-indicative", statistic: "mutual-information", top: 9 }, [1, 2, 3, 4]],
    // ln 3 = 1.0986 is the log odds of row 4 for class 1 without smoothing: (3 / 1) / (1 / 3) = 9, ln 9 = 2.197.
    [{ kind: "class-indicative", statistic: "log-odds", threshold: 2.19, smoothing: 0 }, [1, 3, 4]],
    [{ kind: "class-indicative", statistic: "log-odds", threshold: 2.2, smoothing: 0 }, [1, 3]],
    [{ kind: "class-indicative", statistic: "log-odds", threshold: 0, class: 0, smoothing: 0 }, [1, 2]],
    [{ kind: "class-indicative", statistic: "log-odds", threshold: 0, top: 1, class: 0 }, [1]],
    [{ kind: "drift", figure: "cosineDistance", below: 0.2 }, [0, 1]],
    [{ kind: "drift", figure: "cosineDistance", atLeast: 0.2 }, [2, 3, 4]],
    [{ kind: "drift", figure: "l2", atLeast: 2, below: 4 }, [2, 3]],
    [{ kind: "not", rule: { kind: "rows", rows: [1, 2] } }, [0, 3, 4]],
    [{ kind: "and", rules: [] }, [0, 1, 2, 3, 4]],
    [{ kind: "or", rules: [] }, []],
    [
      {
        kind: "and",
        rules: [
          { kind: "min-count", count: 2 },
          { kind: "pretrained", found: true },
        ],
      },
      [1],
    ],
    [
      {
        kind: "or",
        rules: [
          { kind: "min-count", count: 9 },
          { kind: "pretrained", found: false },
        ],
      },
      [1, 2, 4],
    ],
    [
      {
        kind: "not",
        rule: {
          kind: "or",
          rules: [
            { kind: "rows", rows: [0] },
            { kind: "and", rules: [{ kind: "all" }, { kind: "min-count", count: 5 }] },
          ],
        },
      },
      [2, 3],
    ],
  ])("%j", (rule, rows) => {
    expect(movable(rule)).toEqual(rows);
    expect(movable(JSON.parse(JSON.stringify(rule)) as RowRule)).toEqual(rows);
  });

  it("takes every row for pre-trained where nothing else is known", () => {
    const unknown = { ...facts, pretrained: undefined };
    expect(movable({ kind: "pretrained", found: true }, unknown)).toEqual([0, 1, 2, 3, 4]);
    expect(movable({ kind: "pretrained", found: false }, unknown)).toEqual([]);
  });

  it.each<[RowRule]>([
    [{ kind: "min-count", count: -1 }],
    [{ kind: "min-count", count: Number.NaN }],
    [{ kind: "rows", rows: [5] }],
    [{ kind: "rows", rows: [-1] }],
    [{ kind: "rows", rows: [0.5] }],
    [{ kind: "rank" }],
    [{ kind: "rank", from: 3, to: 2 }],
    [{ kind: "rank", to: -1 }],
    [{ kind: "rang", to: 1 } as unknown as RowRule],
    [{ kind: "toString" } as unknown as RowRule],
    [{ kind: "band", by: "count" }],
    [{ kind: "band", by: "rank", to: 1 } as unknown as RowRule],
    [{ kind: "words" } as unknown as RowRule],
    [{ kind: "pattern", pattern: "(" }],
    [{ kind: "class-indicative", statistic: "log-odds" }],
    [{ kind: "class-indicative", statistic: "chi2", top: 1 } as unknown as RowRule],
    [{ kind: "class-indicative", statistic: "log-odds", top: 1, class: 2 }],
    [{ kind: "class-indicative", statistic: "log-odds", top: 1, smoothing: -1 }],
    [{ kind: "drift", figure: "cosineDistance" }],
    [{ kind: "drift", figure: "cosine", below: 1 } as unknown as RowRule],
    [{ kind: "pretrained" } as unknown as RowRule],
    [{ kind: "not", rule: { kind: "rows", rows: [9] } }],
  ])("refuses %j", (rule) => {
    expectCode(() => compileRowRule(rule, facts), "INVALID_POLICY");
  });

  it.each<[RowRule]>([
    [{ kind: "min-count", count: 1 }],
    [{ kind: "rank", to: 1 }],
    [{ kind: "band", by: "count", to: 1 }],
    [{ kind: "words", words: [] }],
    [{ kind: "pattern", pattern: "a" }],
    [{ kind: "class-indicative", statistic: "log-odds", top: 1 }],
    [{ kind: "drift", figure: "l2", below: 1 }],
  ])("refuses %j where its facts are not known", (rule) => {
    expectCode(() => compileRowRule(rule, { rows: 5, counts: undefined, pretrained: undefined }), "INVALID_POLICY");
  });

  it("names the nearest kind", () => {
    expect(() => compileRowRule({ kind: "mincount" } as unknown as RowRule, facts)).toThrow(/did you mean "min-count"/);
  });
});

describe("withoutDrift", () => {
  // With a and b free, the bounds hold whatever the drift is.
  const drift = (below: number): RowRule => ({ kind: "drift", figure: "cosineDistance", below });
  const rules: readonly RowRule[] = [
    drift(0.2),
    { kind: "not", rule: drift(0.2) },
    { kind: "and", rules: [{ kind: "min-count", count: 2 }, drift(0.2)] },
    {
      kind: "or",
      rules: [
        { kind: "min-count", count: 2 },
        { kind: "not", rule: drift(0.2) },
      ],
    },
    {
      kind: "not",
      rule: {
        kind: "and",
        rules: [
          { kind: "words", words: ["good"] },
          { kind: "not", rule: drift(0.3) },
        ],
      },
    },
  ];

  it.each(rules.map((rule) => [rule]))("bounds %j from both sides", (rule) => {
    for (const shift of [0, 0.1, 0.2, 1]) {
      const at: RowFacts = {
        ...facts,
        drift: (row) => ({ cosineDistance: (row / 10 + shift) % 1, l2: 0, relativeL2: 0 }),
      };
      const now = movable(rule, at);
      expect(movable(withoutDrift(rule, "widest"), facts)).toEqual(expect.arrayContaining(now));
      expect(now).toEqual(expect.arrayContaining(movable(withoutDrift(rule, "narrowest"), facts)));
      expect(ruleUses(withoutDrift(rule, "widest"), "drift")).toBe(false);
    }
  });
});
