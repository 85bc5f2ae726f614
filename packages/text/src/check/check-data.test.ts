import { createRandom, deriveSeed, shuffle } from "@thawline/core";
import { describe, expect, it } from "vitest";
import { type Dataset, datasetOf } from "../data/dataset.ts";
import { checkData } from "./check-data.ts";
import { dealFolds } from "./folds.ts";

/** Made-up reviews: words of an opinion and of a topic; every tenth text has a word of the other opinion too. */
function reviews(rows: number, seed: number): Dataset {
  const random = createRandom(seed);
  const words = (letter: string, count: number): string[] =>
    Array.from({ length: count }, () => `${letter}${random.nextBelow(60)}`);
  const texts: string[] = [];
  const labels: string[] = [];
  for (let row = 0; row < rows; row++) {
    const isGood = random.nextBelow(2) === 0;
    const other = random.nextBelow(10) === 0 ? words(isGood ? "bad" : "good", 1) : [];
    const own = [...words(isGood ? "good" : "bad", 3), ...words("topic", 6 + random.nextBelow(5)), ...other];
    shuffle(own, random);
    texts.push(own.join(" "));
    labels.push(isGood ? "pos" : "neg");
  }
  return datasetOf(texts, labels);
}

const edits: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => text.toUpperCase(),
  (text) => `${text.replace(" ", ", ")} !`,
  (text) => text.replace(/\S+$/, "elsewhere"),
];
/** `to` with light edits of the first `count` rows of `from` behind it, and their lines. */
function withCopies(from: Dataset, to: Dataset, { count, relabel }: { count: number; relabel: boolean }) {
  const rows = Array.from({ length: count }, (_, row) => row);
  const turn = (label: string): string => (relabel ? (label === "pos" ? "neg" : "pos") : label);
  return {
    dataset: datasetOf(
      [...to.texts, ...rows.map((row) => edits[row % edits.length]!(from.texts[row]!))],
      [...to.labels, ...rows.map((row) => turn(from.labels[row]!))],
    ),
    lines: rows.map((row) => to.rows + row + 1),
  };
}
const shareOf = (wanted: readonly number[], found: readonly number[]): number =>
  wanted.filter((line) => found.includes(line)).length / wanted.length;

const train = reviews(1200, 1);
const test = reviews(300, 2);
const codes = (check: ReturnType<typeof checkData>): string[] => check.findings.map(({ code }) => code);

describe("planted faults", () => {
  it("are found: at least 90 % of copies across splits, and nothing else", () => {
    const planted = withCopies(train, test, { count: 100, relabel: false });
    const { repeats, findings } = checkData({ train, test: planted.dataset }, { model: false, top: 10_000 });
    const [leak] = repeats.across;
    const found = leak!.samples.map(({ line }) => line);
    expect(shareOf(planted.lines, found)).toBeGreaterThanOrEqual(0.9);
    expect(found.filter((line) => line <= test.rows)).toEqual([]);
    expect(leak).toMatchObject({ from: "train", into: "test", identical: 25, sameWords: 50 });
    for (const { line, of, text } of leak!.samples) {
      expect(of).toMatchObject({ split: "train", line: line - test.rows });
      expect(text).toBe(planted.dataset.texts[line - 1]);
    }
    expect(findings[0]).toMatchObject({ code: "leaks", severity: "problem", rows: 75 });
  });

  it("are found: at least 90 % of contradictory labels", () => {
    const planted = withCopies(train, train, { count: 100, relabel: true });
    const { conflicts } = checkData({ train: planted.dataset }, { model: false, top: 10_000 });
    const found = [
      ...conflicts.samples.flatMap(({ labels }) => labels.flatMap(({ rows }) => rows)),
      ...conflicts.near.samples.flatMap(({ texts }) => texts),
    ].map(({ line }) => line);
    expect(shareOf(planted.lines, found)).toBeGreaterThanOrEqual(0.9);
    expect(conflicts).toMatchObject({ texts: 75, rows: 150, unavoidableErrors: 75, near: { pairs: 25 } });
    expect(conflicts.share).toBeCloseTo(150 / 1300, 12);
  });

  it("are found: at least half of 5 % flipped labels within the first tenth of the rows by suspicion", () => {
    const flipped = Array.from({ length: 60 }, (_, i) => i * 20 + 1);
    const labels = train.labels.map((label, row) =>
      flipped.includes(row + 1) ? (label === "pos" ? "neg" : "pos") : label,
    );
    const check = checkData({ train: datasetOf(train.texts, labels) }, { top: train.rows / 10 });
    const { samples, splits } = check.noise!;
    expect(
      shareOf(
        flipped,
        samples.map(({ line }) => line),
      ),
    ).toBeGreaterThanOrEqual(0.5);
    for (const suspect of samples) {
      expect(suspect.suggested).not.toBe(suspect.label);
      expect(suspect.probability).toBeGreaterThan(suspect.ownProbability);
    }
    expect([...samples].sort((a, b) => a.ownProbability - b.ownProbability)).toEqual(samples);
    expect(splits.train!.rate).toBeGreaterThan(0.03);
    expect(splits.train!.rate).toBeLessThan(0.12);
  });
});

describe("what can be learned", () => {
  it("is told of labels that can, with baselines around them", () => {
    const { learnability, noise } = checkData({ train, test });
    const most = train.labels.filter((label) => label === learnability!.majority.label).length;
    expect(learnability!.majority.accuracy).toBe(most / train.rows);
    expect(learnability!.isLearnable).toBe(true);
    expect(learnability!.model.value).toBeGreaterThan(0.9);
    expect(learnability!.shuffled.interval[0]).toBeLessThan(0.5);
    expect(learnability!.shuffled.interval[1]).toBeGreaterThan(0.5);
    expect(learnability!.shuffled.interval[1]).toBeLessThan(0.6);
    expect(noise!.splits.test!.accuracy).toBeGreaterThan(0.9);
  });

  it("is denied to shuffled labels, in at least 9 of 10 shuffles, and hardly ever to real ones of few rows", () => {
    const small = reviews(200, 3);
    const runs = Array.from({ length: 10 }, (_, seed) => {
      const labels = [...small.labels];
      shuffle(labels, createRandom(deriveSeed(seed, "shuffle")));
      return checkData({ train: datasetOf(small.texts, labels) }, { seed });
    });
    const denied = runs.filter((run) => codes(run)[0] === "unlearnable");
    expect(denied.length).toBeGreaterThanOrEqual(9);
    expect(denied[0]!.findings[0]!.message).toMatch(/^these labels cannot be learned from this text/);
    expect(denied[0]!.noise).toBeNull();
    expect(codes(checkData({ train: small }))).not.toContain("unlearnable");
  });

  it("is not asked where there are too few rows or labels, or no model is wanted", () => {
    const one = datasetOf(
      Array.from({ length: 30 }, (_, i) => `text number ${i}`),
      new Array(30).fill("a"),
    );
    for (const check of [
      checkData({ train: reviews(19, 4) }),
      checkData({ train: one }),
      checkData({ train }, { model: false }),
    ]) {
      expect(check).toMatchObject({ learnability: null, noise: null });
    }
    const copies = datasetOf(
      new Array(30).fill("the same text again"),
      Array.from({ length: 30 }, (_, i) => `${i % 2}`),
    );
    expect(checkData({ train: copies }).learnability).toBeNull();
  });

  it("is the same for the same seed", () => {
    const small = { train: reviews(150, 5), test: reviews(60, 6) };
    expect(checkData(small)).toEqual(checkData(small));
    expect(checkData(small, { seed: 2 }).learnability).not.toEqual(checkData(small).learnability);
  });
});

describe("folds", () => {
  it("keep groups together and labels even", () => {
    const labels = Int32Array.from({ length: 100 }, (_, i) => (i % 4 === 0 ? 1 : 0));
    const groups = Int32Array.from({ length: 100 }, (_, i) => (i >= 1 && i <= 12 ? 1 : i));
    const folds = dealFolds(labels, groups, { folds: 5, seed: 1 });
    expect(new Set(folds.slice(1, 13)).size).toBe(1);
    for (let fold = 0; fold < 5; fold++) {
      expect(folds.filter((each) => each === fold).length).toBeGreaterThanOrEqual(18);
      expect(
        folds.filter((each, i) => each === fold && labels[i] === 1 && groups[i] === i).length,
      ).toBeGreaterThanOrEqual(4);
    }
  });
});

describe("labels and texts", () => {
  const small = {
    train: datasetOf(
      [
        "a fine day out",
        "rain again today",
        "",
        ":)",
        "wet",
        "cafÃ© crowds",
        ...Array.from({ length: 24 }, (_, i) => `sun number ${i} shines`),
      ],
      ["good", "bad", "good", "good", "Bad", "rare", ...new Array(24).fill("good")],
    ),
    dev: datasetOf(["sleet", "one more fine walk"], ["new", "good"]),
  };
  const check = checkData(small, { model: false });

  it("are counted", () => {
    expect(check.rows).toEqual({ train: 30, dev: 2, test: null });
    expect(check.labels.counts[0]).toEqual({ label: "good", train: 27, dev: 1, test: null });
    expect(check.labels.ratio).toBe(27);
    // exp(−Σ p ln p) for 27, 1, 1 and 1 of 30.
    const p = [27, 1, 1, 1].map((n) => n / 30);
    expect(check.labels.effectiveLabels).toBeCloseTo(Math.exp(-p.reduce((sum, x) => sum + x * Math.log(x), 0)), 12);
    expect(check.labels.rare).toEqual(["Bad", "bad", "rare"]);
    expect(check.labels.unknown).toEqual([{ split: "dev", labels: ["new"], rows: 1 }]);
    expect(check.labels.missing).toEqual([{ split: "dev", labels: ["Bad", "bad", "rare"] }]);
    expect(check.labels.spellings).toMatchObject([{ kind: "form", labels: [{ label: "Bad" }, { label: "bad" }] }]);
  });

  it("stand out", () => {
    expect(check.texts.odd.map(({ kind, rows }) => [kind, rows])).toEqual([
      ["mojibake", 1],
      ["no-words", 2],
      ["one-word", 2],
    ]);
    expect(check.texts.odd[0]!.samples[0]).toMatchObject({ split: "train", line: 6, repaired: "café crowds" });
  });

  it("become findings, problems first", () => {
    const order = ["problem", "warning", "note"];
    const severities = check.findings.map(({ severity }) => order.indexOf(severity));
    expect([...severities].sort()).toEqual(severities);
    for (const code of [
      "unknown-labels",
      "label-spellings",
      "encoding",
      "imbalance",
      "missing-labels",
      "rare-labels",
      "odd-texts",
    ]) {
      expect(codes(check)).toContain(code);
    }
    expect(codes(checkData({ train: reviews(40, 7) }, { model: false }))).toEqual([]);
  });

  it("need a row of train", () => {
    expect(() => checkData({ train: datasetOf([], []) })).toThrow(RangeError);
  });
});
