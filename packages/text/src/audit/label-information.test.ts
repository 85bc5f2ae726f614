import { createRandom } from "@thawline/core";
import { describe, expect, it } from "vitest";
import { datasetOf } from "../data/dataset.ts";
import { auditAlignment } from "./audit-alignment.ts";
import { labelInformation } from "./label-information.ts";

describe("labelInformation", () => {
  it("gives the mutual information of the worked example of Manning et al., section 13.5.1", () => {
    // "export" and class poultry in Reuters-RCV1: N11 = 49, N10 = 27,652, N01 = 141, N00 = 774,106; printed: 0.0001105.
    const { mutualInformation, texts } = labelInformation(
      new Map([
        ["poultry", 49],
        ["other", 27_652],
      ]),
      new Map([
        ["poultry", 49 + 141],
        ["other", 27_652 + 774_106],
      ]),
    );
    expect(texts).toBe(27_701);
    expect(mutualInformation).toBeCloseTo(0.0001105, 7);
  });

  it("is one bit for a word that tells two equal classes apart, and nothing for one that does not", () => {
    const perLabel = new Map([
      ["a", 8],
      ["b", 8],
    ]);
    const telling = labelInformation(new Map([["b", 8]]), perLabel);
    expect(telling).toMatchObject({ label: "b", share: 1, texts: 8, mutualInformation: 1 });
    // Cells 8.5, .5, .5, 8.5: ln 289 and √(2/8.5 + 4).
    expect(telling.logOdds).toBeCloseTo(Math.log(289), 12);
    expect(telling.z).toBeCloseTo(Math.log(289) / Math.sqrt(2 / 8.5 + 4), 12);
    const even = labelInformation(
      new Map([
        ["a", 4],
        ["b", 4],
      ]),
      perLabel,
    );
    expect(even).toMatchObject({ mutualInformation: 0, logOdds: 0, z: 0, share: 0.5 });
  });
});

/**
 * A worked example: notes of three clinics on data made here. General vectors know everyday words and none of the drugs,
 * which are the best clue to the clinic; "pt" is as frequent, has no vector either, and says nothing.
 */
describe("auditAlignment on a medical text", () => {
  const clinics = {
    cardiology: ["metoprolol", "apixaban"],
    psychiatry: ["sertraline", "quetiapine"],
    endocrinology: ["metformin", "levothyroxine"],
  };
  const openings = ["pt feels better on", "pt was started on", "pt stopped", "the dose of", "pt asks about"];
  const closings = ["today", "and sleeps well", "after the visit", "since last week"];
  const random = createRandom(7);
  const pick = <T>(list: readonly T[]): T => list[random.nextBelow(list.length)]!;
  const rows = Array.from({ length: 300 }, () => {
    const [label, drugs] = pick(Object.entries(clinics));
    return { label, text: `${pick(openings)} ${pick(drugs)} ${pick(closings)} .` };
  });
  const known = new Set(
    [...openings, ...closings, "."].flatMap((text) => text.split(" ")).filter((word) => word !== "pt"),
  );
  const texts = rows.map(({ text }) => text);
  const result = auditAlignment({
    splits: {
      train: datasetOf(
        texts,
        rows.map(({ label }) => label),
      ),
    },
    hasWord: (word) => known.has(word),
  });

  it("names the drugs, each with its clinic, and not the word that all clinics use", () => {
    const drugs = Object.entries(clinics).flatMap(([label, names]) => names.map((name) => [name, label]));
    const found = result.labelIndicativeMissing.map(({ word, label }) => [word, label]);
    expect(found.sort()).toEqual(drugs.sort());
    expect(result.missing[0]?.word).toBe("pt");
    for (const { share, z } of result.labelIndicativeMissing) {
      expect(share).toBe(1);
      expect(z).toBeGreaterThan(3);
    }
  });

  it("counts them as grep does and orders them by information", () => {
    for (const { word, count, texts: withWord } of result.labelIndicativeMissing) {
      const expected = texts.filter((text) => text.split(" ").includes(word)).length;
      expect([word, count, withWord]).toEqual([word, expected, expected]);
    }
    const information = result.labelIndicativeMissing.map(({ mutualInformation }) => mutualInformation);
    expect(information).toEqual([...information].sort((a, b) => b - a));
  });

  it("leaves out what is too rare to judge", () => {
    const most = Math.max(...result.labelIndicativeMissing.map(({ count }) => count));
    const options = {
      splits: {
        train: datasetOf(
          texts,
          rows.map(({ label }) => label),
        ),
      },
      hasWord: (word: string) => known.has(word),
    };
    expect(auditAlignment({ ...options, minCount: most + 1 }).labelIndicativeMissing).toEqual([]);
    expect(auditAlignment({ ...options, minZ: 1000 }).labelIndicativeMissing).toEqual([]);
    expect(auditAlignment({ ...options, top: 2 }).labelIndicativeMissing).toHaveLength(2);
  });
});
