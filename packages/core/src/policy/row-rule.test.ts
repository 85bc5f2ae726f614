import { describe, expect, it } from "vitest";
import { expectCode } from "../../test/expect-close.ts";
import { compileRowRule } from "./compile-row-rule.ts";
import type { RowFacts, RowRule } from "./row-rule.ts";

const facts: RowFacts = { rows: 5, counts: [0, 9, 2, 1, 5], pretrained: Uint8Array.of(1, 1, 0, 1, 0) };

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
    [{ kind: "rank" } as unknown as RowRule],
    [{ kind: "pretrained" } as unknown as RowRule],
    [{ kind: "not", rule: { kind: "rows", rows: [9] } }],
  ])("refuses %j", (rule) => {
    expectCode(() => compileRowRule(rule, facts), "INVALID_POLICY");
  });
});
