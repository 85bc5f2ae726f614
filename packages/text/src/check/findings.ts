import { quoteText } from "../util/quote-text.ts";
import type { DataCheck } from "./check-data.ts";
import type { Leak } from "./find-repeats.ts";
import type { OddKind } from "./odd-texts.ts";
import type { CheckedSplits } from "./split-rows.ts";

/** What a finding is about: stable names. */
export const findingCodes = [
  "unlearnable",
  "leaks",
  "unknown-labels",
  "conflicts",
  "label-spellings",
  "label-noise",
  "near-leaks",
  "near-conflicts",
  "encoding",
  "repeats",
  "imbalance",
  "missing-labels",
  "rare-labels",
  "skipped-rows",
  "odd-texts",
] as const;
/** What a finding is about. */
export type FindingCode = (typeof findingCodes)[number];

/** `problem`: results on this data mislead. `warning`: likely costs accuracy. `note`: good to know. */
export type Severity = "problem" | "warning" | "note";

/** Something that was found, in plain words. */
export interface Finding {
  readonly code: FindingCode;
  readonly severity: Severity;
  /** Rows it is about; null where it is about the whole. */
  readonly rows: number | null;
  readonly message: string;
}

type Checked = Omit<DataCheck, "findings">;
type Rule = (check: Checked, splits: CheckedSplits) => readonly Finding[];

const percent = (share: number): string => {
  const digits = share > 0 && share < 0.001 ? 2 : 1;
  return `${(share * 100).toFixed(digits)} %`;
};
const grouped = (count: number): string => count.toLocaleString("en-US");
const counted = (count: number, noun: string): string => `${grouped(count)} ${noun}${count === 1 ? "" : "s"}`;
const list = (names: readonly string[], most = 5): string =>
  names
    .slice(0, most)
    .map((name) => quoteText(name))
    .join(", ") + (names.length > most ? `, … (${names.length})` : "");

/** Shares from which what is otherwise a warning is a problem, or a note a warning. */
const limits = { conflicts: 0.01, repeats: 0.01, noise: 0.01, ratio: 10 };

const unlearnable: Rule = ({ learnability }) => {
  if (learnability === null || learnability.isLearnable) return [];
  const { model, shuffled, majority } = learnability;
  const message =
    `these labels cannot be learned from this text: a linear model gets ${percent(model.value)} of them right in cross-validation, ` +
    `and ${percent(shuffled.value)} (95 % between ${percent(Math.max(0, shuffled.interval[0]))} and ${percent(Math.min(1, shuffled.interval[1]))}) ` +
    `when the labels are shuffled; always answering ${quoteText(majority.label)} gets ${percent(majority.accuracy)}. ` +
    "Look whether labels and texts were joined in the wrong order, or whether the label depends on something that is not in the text";
  return [{ code: "unlearnable", severity: "problem", rows: null, message }];
};

const leakMessage = ({ from, into, rows, share }: Leak, how: string, count: number): string =>
  `${counted(count, "row")} of ${into} (${percent(count / (rows / share))}) ${count === 1 ? "stands" : "stand"} in ${from} too, ${how}`;

const leaks: Rule = ({ repeats }) =>
  repeats.across.flatMap((leak): Finding[] => {
    const same = leak.identical + leak.sameWords;
    if (same === 0) return [];
    const how =
      leak.sameWords === 0
        ? "to the character"
        : `${grouped(leak.identical)} to the character and ${grouped(leak.sameWords)} but for case, punctuation or spaces`;
    const message = `${leakMessage(leak, how, same)}: scores on ${leak.into} are too good by what was learnt by heart`;
    return [{ code: "leaks", severity: "problem", rows: same, message }];
  });

const nearLeaks: Rule = ({ repeats, nearIsTruncated }) =>
  repeats.across.flatMap((leak): Finding[] => {
    if (leak.near === 0) return [];
    const message = `${nearIsTruncated ? "at least " : ""}${leakMessage(leak, "with a word or so changed", leak.near)}`;
    return [{ code: "near-leaks", severity: "warning", rows: leak.near, message }];
  });

const conflicts: Rule = ({ conflicts: { rows, texts, share, unavoidableErrors } }) => {
  if (texts === 0) return [];
  const message =
    `${counted(texts, "text")} ${texts === 1 ? "stands" : "stand"} under more than one label (${counted(rows, "row")}, ${percent(share)}): ` +
    `${counted(unavoidableErrors, "row")} of these no model can get right`;
  return [{ code: "conflicts", severity: share >= limits.conflicts ? "problem" : "warning", rows, message }];
};

const nearConflicts: Rule = ({ conflicts: { near } }) =>
  near.pairs === 0
    ? []
    : [
        {
          code: "near-conflicts",
          severity: "note",
          rows: near.rows,
          message: `${counted(near.pairs, "pair")} of texts ${near.pairs === 1 ? "differs" : "differ"} by a word or so and have different labels: right where that word decides, else one of them is mislabelled`,
        },
      ];

const unknownLabels: Rule = ({ labels }) =>
  labels.unknown.map(({ split, labels: names, rows }) => ({
    code: "unknown-labels",
    severity: "problem",
    rows,
    message: `${split} has ${counted(names.length, "label")} that train has not: ${list(names)} (${counted(rows, "row")}); no model can learn ${names.length === 1 ? "it" : "them"}`,
  }));

const spellings: Rule = ({ labels }) =>
  labels.spellings.map(({ labels: names, kind }) => ({
    code: "label-spellings",
    severity: kind === "form" ? "problem" : "warning",
    rows: names.slice(1).reduce((sum, each) => sum + each.rows, 0),
    message: `${names.map((each) => `${quoteText(each.label)} (${counted(each.rows, "row")})`).join(" and ")} look like one label ${kind === "form" ? "in several spellings" : "with a typo"}`,
  }));

const noise: Rule = ({ noise: report }) => {
  if (report === null || report.suspects === 0) return [];
  const rate = report.splits.train!.rate;
  const { accuracy } = report.splits.train!;
  const message =
    `${counted(report.suspects, "label")} ${report.suspects === 1 ? "looks" : "look"} wrong to a model that did not see them; ` +
    `at most about ${percent(rate)} of train is mislabelled (the model itself is right in ${percent(accuracy)}, and its own errors count in). Check the list from the top`;
  return [{ code: "label-noise", severity: rate >= limits.noise ? "warning" : "note", rows: report.suspects, message }];
};

const damage: Readonly<Partial<Record<OddKind, string>>> = {
  replacement: "have U+FFFD, a character that was lost when the text was decoded",
  mojibake: "have UTF-8 that was read as Windows-1252, such as Ã© for é",
  control: "have control characters where Windows-1252 was read as Latin-1",
  html: "have undecoded HTML, such as &amp; or <br>",
};
const odd: Readonly<Partial<Record<OddKind, string>>> = {
  "no-words": "have no letter or digit",
  "one-word": "are a single word",
  long: "are more than ten times as long as the middle one",
};

const texts: Rule = ({ texts: { odd: found } }) =>
  found.map(({ kind, rows }) => {
    const isDamaged = damage[kind] !== undefined;
    const what = damage[kind] ?? odd[kind]!;
    return {
      code: isDamaged ? "encoding" : "odd-texts",
      severity: isDamaged || kind === "no-words" ? "warning" : "note",
      rows,
      message: `${counted(rows, "text")} ${rows === 1 ? what.replace(/^have/, "has").replace(/^are/, "is") : what}`,
    };
  });

const repeats: Rule = ({ repeats: { within } }) =>
  Object.entries(within).flatMap(([split, { rows, identical, sameWords, near, share }]): Finding[] => {
    if (rows === 0) return [];
    const message = `${counted(rows, "row")} of ${split} ${rows === 1 ? "repeats" : "repeat"} an earlier one (${percent(share)}: ${grouped(identical)} to the character, ${grouped(sameWords)} in other case or punctuation, ${grouped(near)} nearly)`;
    return [
      {
        code: "repeats",
        severity: identical + sameWords >= (limits.repeats * rows) / share ? "warning" : "note",
        rows,
        message,
      },
    ];
  });

const imbalance: Rule = ({ labels: { ratio, counts, effectiveLabels } }) => {
  if (ratio < limits.ratio) return [];
  const trained = counts.filter((each) => each.train > 0);
  const [most, least] = [trained[0]!, trained[trained.length - 1]!];
  const message = `${quoteText(most.label)} has ${Math.round(ratio)} times the rows of ${quoteText(least.label)} (${most.train} and ${least.train}); the ${trained.length} labels are as many as ${effectiveLabels.toFixed(1)} equal ones. Look at macro-F1, and try --class-weights balanced`;
  return [{ code: "imbalance", severity: "warning", rows: null, message }];
};

const missing: Rule = ({ labels }) =>
  labels.missing.map(({ split, labels: names }) => ({
    code: "missing-labels",
    severity: "warning",
    rows: null,
    message: `${split} has no row of ${list(names)}: nothing measures ${names.length === 1 ? "it" : "them"} there`,
  }));

const rareLabels: Rule = ({ labels: { rare, counts } }) =>
  rare.length === 0
    ? []
    : [
        {
          code: "rare-labels",
          severity: "warning",
          rows: counts.filter((each) => rare.includes(each.label)).reduce((sum, each) => sum + each.train, 0),
          message: `${list(rare)} ${rare.length === 1 ? "has" : "have"} fewer than 5 rows in train`,
        },
      ];

const skipped: Rule = (_, splits) =>
  Object.entries(splits).flatMap(([name, dataset]): Finding[] => {
    if (dataset === undefined || dataset.skippedRows === 0) return [];
    const where = dataset.skipped
      .slice(0, 5)
      .map(({ line, reason }: { line: number; reason: string }) => `line ${line}: ${reason}`);
    const more = dataset.skippedRows > where.length ? ", …" : "";
    const message = `${counted(dataset.skippedRows, "row")} of ${name} ${dataset.skippedRows === 1 ? "was" : "were"} left out (${where.join(", ")}${more})`;
    return [{ code: "skipped-rows", severity: "warning", rows: dataset.skippedRows, message }];
  });

const rules: readonly Rule[] = [
  unlearnable,
  leaks,
  unknownLabels,
  conflicts,
  spellings,
  noise,
  nearLeaks,
  nearConflicts,
  texts,
  repeats,
  imbalance,
  missing,
  rareLabels,
  skipped,
];

const severities: readonly Severity[] = ["problem", "warning", "note"];

/** What was found in plain words: problems first, then warnings, then notes; each in the order of `findingCodes`. */
export function findingsOf(check: Checked, splits: CheckedSplits): readonly Finding[] {
  const found = rules.flatMap((rule) => rule(check, splits));
  return severities.flatMap((severity) => found.filter((finding) => finding.severity === severity));
}
