import { createRandom, type Random, shuffle } from "@thawline/core";
import { checkData, type DataCheck, type Dataset, datasetOf } from "@thawline/text";

/** Data with faults that were put in on purpose, and the lines of train that they are on. */
export interface Planted {
  readonly splits: { readonly train: Dataset; readonly test: Dataset };
  /** Lines by the kind of fault. */
  readonly lines: Readonly<Record<string, ReadonlySet<number>>>;
}

const lightEdits: Readonly<Record<string, (text: string, random: Random) => string>> = {
  identical: (text) => text,
  case: (text) => (text === text.toUpperCase() ? text.toLowerCase() : text.toUpperCase()),
  punctuation: (text, random) =>
    `${text.replace(/[.,!?;:]/g, "").replace(/ (?=\S)/, random.nextBelow(2) === 0 ? " - " : ", ")} !`,
  word: (text, random) => {
    const words = text.split(" ");
    words[random.nextBelow(words.length)] = "qxzword";
    return words.join(" ");
  },
};

/** The kinds of light edits that copies are made with. */
export const editKinds: readonly string[] = Object.keys(lightEdits);

/** A shuffled list of the rows of a data set. */
function someRows({ rows }: Dataset, random: Random): number[] {
  const order = Array.from({ length: rows }, (_, row) => row);
  shuffle(order, random);
  return order;
}

/** Another label, each equally likely. */
function otherLabel(label: string, labels: readonly string[], random: Random): string {
  const others = labels.filter((each) => each !== label);
  return others[random.nextBelow(others.length)]!;
}

/** Appends light edits of rows of `from` to `to`, a quarter of `count` of each kind. */
export function plantCopies(from: Dataset, to: Dataset, options: { count: number; seed: number; relabel: boolean }) {
  const random = createRandom(options.seed);
  const labels = [...new Set(from.labels)].sort();
  const texts = [...to.texts];
  const given = [...to.labels];
  const lines: Record<string, Set<number>> = Object.fromEntries(editKinds.map((kind) => [kind, new Set()]));
  someRows(from, random)
    .slice(0, options.count)
    .forEach((row, i) => {
      const kind = editKinds[i % editKinds.length]!;
      texts.push(lightEdits[kind]!(from.texts[row]!, random));
      given.push(options.relabel ? otherLabel(from.labels[row]!, labels, random) : from.labels[row]!);
      lines[kind]!.add(texts.length);
    });
  return { dataset: datasetOf(texts, given), lines };
}

/** Gives a share of the rows another label. */
export function flipLabels(dataset: Dataset, options: { share: number; seed: number }) {
  const random = createRandom(options.seed);
  const names = [...new Set(dataset.labels)].sort();
  const flipped = new Set(someRows(dataset, random).slice(0, Math.round(options.share * dataset.rows)));
  const labels = dataset.labels.map((label, row) => (flipped.has(row) ? otherLabel(label, names, random) : label));
  return { dataset: datasetOf(dataset.texts, labels), lines: new Set([...flipped].map((row) => row + 1)) };
}

/** Deals the labels anew over the texts. */
export function shuffleLabels(dataset: Dataset, seed: number): Dataset {
  const labels = [...dataset.labels];
  shuffle(labels, createRandom(seed));
  return datasetOf(dataset.texts, labels);
}

/** Share of the planted lines that are among the found ones. */
export function shareFound(planted: ReadonlySet<number>, found: Iterable<number>): number {
  const all = new Set(found);
  return [...planted].filter((line) => all.has(line)).length / planted.size;
}

/** Every line of test with a twin in train. */
export const leakedLines = ({ repeats }: DataCheck): number[] =>
  repeats.across.find(({ from, into }) => from === "train" && into === "test")!.samples.map((twin) => twin.line);

/** Every line of train with a text, or nearly one, that has another label too. */
export const conflictLines = ({ conflicts: { samples, near } }: DataCheck): number[] => [
  ...samples.flatMap(({ labels }) => labels.flatMap(({ rows }) => rows)).map(({ line }) => line),
  ...near.samples.flatMap(({ texts }) => texts).map(({ line }) => line),
];

/** A check that lists all it finds. */
export const checkAll = (splits: Parameters<typeof checkData>[0], model: boolean): DataCheck =>
  checkData(splits, { top: 1_000_000, model });
