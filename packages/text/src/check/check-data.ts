import { deriveSeed } from "@thawline/core";
import { bagOfWords } from "./bag-of-words.ts";
import { type ConflictReport, findConflicts } from "./find-conflicts.ts";
import { findRepeats, type GroupedRows, type RepeatReport } from "./find-repeats.ts";
import { type Finding, findingsOf } from "./findings.ts";
import { type LabelBalance, labelBalance } from "./label-balance.ts";
import { labelNoise, type NoiseReport } from "./label-noise.ts";
import { type LabelSpelling, labelSpellings } from "./label-spellings.ts";
import { type Learnability, learnability, shufflesOf } from "./learnability.ts";
import { findNearDuplicates, type NearOptions } from "./near-duplicates.ts";
import { findOddTexts, type TextReport } from "./odd-texts.ts";
import { fitAndPredict, type LearningProblem, outOfFold } from "./out-of-fold.ts";
import { type CheckedSplits, joinSplits, type SplitRows } from "./split-rows.ts";
import { groupTexts } from "./text-groups.ts";
import { wordsForModel } from "./words-for-model.ts";

/** How to check. */
export interface CheckOptions {
  /** When texts are nearly the same. */
  readonly near?: NearOptions;
  /** Length of the lists of samples; everything is counted. Default 100. */
  readonly top?: number;
  /** Of folds and shuffled labels. Default 1. */
  readonly seed?: number;
  /** Folds of the cross-validation. Default 10, and 5 with more than 20 labels, where fits take long. */
  readonly folds?: number;
  /** False leaves out what needs a model: label noise, its baselines, and shuffled labels. Default true. */
  readonly model?: boolean;
  /** Called as the work goes on; `done` is in [0, 1]. */
  readonly onProgress?: (step: "texts" | "model", done: number) => void;
}

/** What a check of labelled texts found. Plain data. */
export interface DataCheck {
  /** In plain words, the most important first. */
  readonly findings: readonly Finding[];
  readonly rows: { readonly train: number; readonly dev: number | null; readonly test: number | null };
  readonly repeats: RepeatReport;
  /** True where a text had more near twins than are looked for: the counts of near ones are then lower bounds. */
  readonly nearIsTruncated: boolean;
  readonly conflicts: ConflictReport;
  readonly labels: LabelBalance & { readonly spellings: readonly LabelSpelling[] };
  readonly texts: TextReport;
  /** Null where there are too few rows or labels, or no model was wanted. */
  readonly learnability: Learnability | null;
  /** Null where `learnability` is, and where labels cannot be learnt: no model could tell right from wrong. */
  readonly noise: NoiseReport | null;
}

/** Fewest rows of train that a model is asked about, and most weights it has. */
const modelLimits = { rows: 20, weights: 1_000_000 };

/** Beyond so many labels there are fewer folds, and the penalty is weaker: each label has few rows. */
const manyLabels = 20;

/** Groups of same texts, joined where they are nearly the same: `[N]` number of each row's component. */
function components({ groups, pairs }: GroupedRows): Int32Array {
  const parent = Int32Array.from(groups.rows, (_, group) => group);
  const root = (group: number): number => {
    let at = group;
    while (parent[at] !== at) {
      parent[at] = parent[parent[at]!]!;
      at = parent[at]!;
    }
    return at;
  };
  for (const { a, b } of pairs) parent[Math.max(root(a), root(b))] = Math.min(root(a), root(b));
  return groups.groupOf.map(root);
}

/** Baselines and label noise, by a linear model on the words. */
function checkWithModel(grouped: GroupedRows, options: CheckOptions): Pick<DataCheck, "learnability" | "noise"> {
  const { rows } = grouped;
  const { top = 100, seed = 1, onProgress = () => {} } = options;
  const trainRows = rows.ranges.train![1];
  const names = [...new Set(rows.labels.slice(0, trainRows))].sort();
  const groups = components(grouped).slice(0, trainRows);
  const folds = Math.min(options.folds ?? (names.length > manyLabels ? 5 : 10), new Set(groups).size);
  if (names.length < 2 || trainRows < modelLimits.rows || folds < 2) return { learnability: null, noise: null };
  const width = names.length;
  const numbers = new Map(names.map((name, i) => [name, i]));
  const classes = Int32Array.from(rows.labels, (label) => numbers.get(label) ?? -1);
  const tokens = rows.texts.map(wordsForModel);
  const maxFeatures = Math.max(1000, Math.floor(modelLimits.weights / width));
  const bag = (terms: "words" | "pairs", minTexts: number) =>
    bagOfWords(tokens, { terms, minTexts, maxFeatures, fitRows: trainRows });
  const fits = folds * (1 + shufflesOf(trainRows)) + (trainRows < classes.length ? 1 : 0);
  let done = 0;
  const problem: LearningProblem = {
    words: bag("words", 2),
    pairs: bag("pairs", 2),
    labels: classes.slice(0, trainRows),
    classes: width,
    groups,
    folds,
    seed: deriveSeed(seed, "folds"),
    inverseStrength: width > manyLabels ? 10 : 1,
    onFit: () => onProgress("model", ++done / fits),
  };
  const outside = outOfFold(problem);
  const learned = learnability(problem, outside, names);
  if (!learned.isLearnable) return { learnability: learned, noise: null };
  const probabilities = new Float64Array(classes.length * width);
  probabilities.set(outside);
  if (trainRows < classes.length) {
    const own = Int32Array.from(problem.labels, (_, row) => row);
    const others = Int32Array.from({ length: classes.length - trainRows }, (_, i) => trainRows + i);
    probabilities.set(fitAndPredict(problem, own, others), trainRows * width);
  }
  return { learnability: learned, noise: labelNoise({ rows, classes, names, probabilities }, top) };
}

const countsOf = ({ labels }: SplitRows): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return counts;
};

/**
 * Checks labelled texts before anyone trains on them: repeated texts inside and across splits, contradictory labels, spread
 * and spelling of labels, odd and damaged texts, whether the labels can be learnt from the text at all, and which are likely
 * wrong. No vectors are needed. Deterministic for a seed. O(N) memory but for lists of twins.
 * @throws RangeError where train is empty, or `near.similarity` is not in (0, 1]
 */
export function checkData(splits: CheckedSplits, options: CheckOptions = {}): DataCheck {
  const { top = 100, onProgress = () => {} } = options;
  if (splits.train.rows === 0) throw new RangeError("train has no rows");
  const rows = joinSplits(splits);
  const groups = groupTexts(rows.texts);
  onProgress("texts", 0.3);
  const { pairs, isTruncated } = findNearDuplicates(groups.words, groups.frequency, options.near);
  onProgress("texts", 0.8);
  const grouped = { rows, groups, pairs };
  const lengths = groups.groupOf.map((group) => groups.words[group]!.length);
  const checked = {
    rows: { train: splits.train.rows, dev: splits.dev?.rows ?? null, test: splits.test?.rows ?? null },
    repeats: findRepeats(grouped, top),
    nearIsTruncated: isTruncated,
    conflicts: findConflicts(grouped, top),
    labels: { ...labelBalance(rows), spellings: labelSpellings(countsOf(rows)) },
    texts: findOddTexts(rows, lengths, top),
  };
  onProgress("texts", 1);
  const modelled = options.model === false ? { learnability: null, noise: null } : checkWithModel(grouped, options);
  const all = { ...checked, ...modelled };
  return { findings: findingsOf(all, splits), ...all };
}
