import type { Dataset } from "../data/dataset.ts";
import type { TokenizerSpec } from "../tokenize/tokenizer.ts";
import { unknownWords } from "../vocabulary/align-vocabulary.ts";
import {
  auditedTokenizers,
  bestTokenizer,
  type MeasuredTokenizer,
  measureTokenizer,
  type TokenizerFit,
} from "./compare-tokenizers.ts";
import { type Anomaly, findTextAnomalies } from "./find-anomalies.ts";
import { findGaps } from "./find-gaps.ts";
import { indicativeWords } from "./indicative-words.ts";
import type { LabelInformation } from "./label-information.ts";
import { measureRecoveries, type Recoveries, type Recovery, type WordRecovery } from "./measure-recoveries.ts";
import { type ClassCoverage, classCoverage, coverageOf, type TextCoverage } from "./text-coverage.ts";

/** Texts and their labels, as a `Dataset` has them. */
export type LabelledTexts = Pick<Dataset, "texts" | "labels">;

/** What to audit. */
export interface AuditOptions {
  /** Tokenizers, missing words and labels are judged on `train` alone; `dev` and `test` are measured, nothing is chosen on them. */
  readonly splits: { readonly train: LabelledTexts; readonly dev?: LabelledTexts; readonly test?: LabelledTexts };
  /** Whether the vectors have a word. Asked for words of the texts and for the forms of `auditForms`. */
  readonly hasWord: (word: string) => boolean;
  /** Default: every tokenizer with and without lower-casing. */
  readonly tokenizers?: readonly Partial<TokenizerSpec>[];
  /** Length of `missing` and of `labelIndicativeMissing`. Default 100. */
  readonly top?: number;
  /** Occurrences that a label-indicative word has at least. Default 5. */
  readonly minCount?: number;
  /** Standard errors that its log odds are above 0 at least. Default 3. */
  readonly minZ?: number;
}

/** A word of the training text without a vector. */
export interface MissingWord extends WordRecovery {
  readonly word: string;
  readonly count: number;
}

/** What is known about how a text meets vectors, before any training. Plain data, the body of `align --json`. */
export interface AlignmentAudit {
  /** Best fit first as far as token mass says. */
  readonly tokenizers: readonly TokenizerFit[];
  /** The tokenizer that everything below is measured with. */
  readonly best: TokenizerSpec;
  /** By label of the training text, the worst covered first. */
  readonly perClass: readonly ClassCoverage[];
  /** `null` where a split was not given. */
  readonly splits: {
    readonly train: TextCoverage;
    readonly dev: TextCoverage | null;
    readonly test: TextCoverage | null;
  };
  /** The most costly first: by occurrences, equal ones by UTF-16 code units. */
  readonly missing: readonly MissingWord[];
  /** What each rule alone would recover of the training text, the most first. */
  readonly recoveries: readonly Recovery[];
  /** What all of them together would. */
  readonly recoverable: Recoveries["any"];
  /** The vectors' own row for unknown words, which could stand for all missing ones, or null. */
  readonly unknownWord: string | null;
  /** Missing words that say much about the label: by mutual information. */
  readonly labelIndicativeMissing: readonly (MissingWord & LabelInformation)[];
  readonly anomalies: readonly Anomaly[];
}

const names = ["train", "dev", "test"] as const;

function checkOptions({ splits, tokenizers, top = 100, minCount = 5, minZ = 3 }: AuditOptions): void {
  for (const name of names) {
    const split = splits[name];
    if (split === undefined || split.texts.length === split.labels.length) continue;
    const { texts, labels } = split;
    throw new RangeError(`texts and labels of ${name} have the same length, got ${texts.length} and ${labels.length}`);
  }
  if (tokenizers?.length === 0) throw new RangeError("tokenizers: at least one is needed, got none");
  for (const [name, value] of Object.entries({ top, minCount })) {
    if (!(Number.isSafeInteger(value) && value >= 0)) throw new RangeError(`${name} is an integer ≥ 0, got ${value}`);
  }
  if (Number.isNaN(minZ)) throw new RangeError("minZ is a number, got NaN");
}

/**
 * Audits how labelled text meets the words of some vectors: coverage by types, tokens, class and split; which tokenizer
 * fits; which missing words cost most, what would recover them (each form looked up, nothing estimated) and which of them
 * speak for a label; and what is odd about the texts. Nothing is changed.
 * @throws RangeError for lists of different length, no tokenizer, or limits that cannot be
 * @throws ThawlineError INVALID_CONFIG for an unknown tokenizer
 * @example
 * const { best, missing } = auditAlignment({ splits: { train: datasetOf(["A cat"], ["x"]) }, hasWord: (word) => word === "cat" });
 */
export function auditAlignment(options: AuditOptions): AlignmentAudit {
  checkOptions(options);
  const { splits, hasWord, tokenizers = auditedTokenizers, top = 100 } = options;
  const { train } = splits;
  const measured = tokenizers.map((spec) => measureTokenizer(train.texts, spec, hasWord));
  const best = bestTokenizer(measured);
  const missingCounts = new Map([...best.counts].filter(([word]) => !hasWord(word)));
  const { rules, any, byWord } = measureRecoveries(best.tokenized, missingCounts, hasWord);
  const missing = [...missingCounts]
    .map(([word, count]) => ({ word, count, ...byWord.get(word)! }))
    .sort((a, b) => b.count - a.count || (a.word < b.word ? -1 : 1));

  const tokenizedOf = (name: (typeof names)[number]): MeasuredTokenizer["tokenized"] | null =>
    name === "train" ? best.tokenized : (splits[name]?.texts.map(best.tokenizer.tokenize) ?? null);
  const anomalies: Anomaly[] = [];
  const [trainCoverage, dev, test] = names.map((name) => {
    const tokenized = tokenizedOf(name);
    if (tokenized === null) return null;
    anomalies.push(...findTextAnomalies(name, { texts: splits[name]!.texts, tokenized }, hasWord));
    return coverageOf(tokenized, hasWord);
  });
  const perClass = classCoverage(best.tokenized, train.labels, hasWord);
  const covered = { train: trainCoverage!, dev: dev ?? null, test: test ?? null };
  return {
    tokenizers: measured.map(({ fit }) => fit).sort((a, b) => b.fit - a.fit),
    best: best.tokenizer.spec,
    perClass,
    splits: covered,
    missing: missing.slice(0, top),
    recoveries: rules,
    recoverable: any,
    unknownWord: unknownWords.find(hasWord) ?? null,
    labelIndicativeMissing: indicativeWords(best, missing, options),
    anomalies: [...findGaps({ perClass, splits: covered, missing }), ...anomalies],
  };
}
