import { describe, expect, it } from "vitest";
import { labelSpellings } from "./label-spellings.ts";

const found = (counts: Record<string, number>) => labelSpellings(new Map(Object.entries(counts)));
const named = (counts: Record<string, number>) =>
  found(counts).map(({ kind, labels }) => [kind, ...labels.map((each) => each.label)]);

describe("label spellings", () => {
  it("finds one label in several forms, the most frequent first", () => {
    expect(found({ pos: 3, Pos: 40, neg: 41, "Neg.": 1 })).toEqual([
      {
        kind: "form",
        labels: [
          { label: "Pos", rows: 40 },
          { label: "pos", rows: 3 },
        ],
      },
      {
        kind: "form",
        labels: [
          { label: "neg", rows: 41 },
          { label: "Neg.", rows: 1 },
        ],
      },
    ]);
    expect(named({ "card arrival": 4, card_arrival: 9, "Card-Arrival\u200B": 1 })).toEqual([
      ["form", "card_arrival", "card arrival", "Card-Arrival\u200B"],
    ]);
  });

  it("finds a typo of a frequent label", () => {
    expect(named({ positive: 500, negative: 480, postive: 2, negatvie: 1 })).toEqual([
      ["typo", "positive", "postive"],
      ["typo", "negative", "negatvie"],
    ]);
  });

  it("takes no different labels for one", () => {
    expect(found({ "+1": 10, "-1": 10, "1": 10 })).toEqual([]);
    expect(found({ star1: 2, star2: 200, star10: 300 })).toEqual([]);
    expect(found({ bar: 100, car: 2, cards: 30, card: 30 })).toEqual([]);
  });
});
