import type { VectorReport } from "@thawline/vectors";
import type { Prepared } from "../pipeline/prepare.ts";
import { describeTokens } from "../run/describe-tokens.ts";
import { counted, grouped, percent, seconds } from "./format.ts";

type Split = Prepared["splits"]["train"];

function splitLine(name: string, { dataset }: Split, note = ""): string {
  return `  ${name.padEnd(6)}${counted(dataset.rows, "row")}${note}`;
}

function skippedLines(splits: Prepared["splits"]): string[] {
  const files = [
    splits.train,
    ...(splits.devIsHeldOut ? [] : [splits.dev]),
    ...(splits.test === null ? [] : [splits.test]),
  ];
  return files.flatMap(({ dataset }) => {
    if (dataset.skippedRows === 0) return [];
    const shown = dataset.skipped.slice(0, 5).map(({ line, reason }) => `line ${line}: ${reason}`);
    const more = dataset.skippedRows > shown.length ? `, and ${dataset.skippedRows - shown.length} more` : "";
    return [`  left out ${counted(dataset.skippedRows, "row")} of ${dataset.file}: ${shown.join("; ")}${more}`];
  });
}

function duplicateLines(duplicates: VectorReport["duplicates"] | undefined): string[] {
  if (duplicates === undefined || duplicates.count === 0) return [];
  const shown = duplicates.first.slice(0, 3).map(({ word }) => JSON.stringify(word));
  const more = duplicates.count > shown.length ? ", …" : "";
  return [`  note: ${counted(duplicates.count, "row")} left out whose word came before: ${shown.join(", ")}${more}`];
}

function vectorLines(prepared: Prepared): string[] {
  const { base, coverage, oov, table } = prepared;
  const missing = coverage.topMissing
    .slice(0, 5)
    .map(({ word, count }) => `${word} (${grouped(count)})`)
    .join(", ");
  const loaded = base.loadedRows === base.rows ? "" : `, ${grouped(base.loadedRows)} loaded`;
  return [
    `Vectors  ${base.file}: ${base.format}, ${grouped(base.rows)} × ${base.dimension}${loaded}`,
    ...(base.report?.warnings ?? []).map((warning) => `  note: ${warning}`),
    ...duplicateLines(base.report?.duplicates),
    `  coverage of the training text: ${percent(coverage.types)} of its words, ${percent(coverage.tokens)} of its tokens`,
    ...(coverage.oovTypes > 0
      ? [
          `  without a ${prepared.weighted === null ? "vector" : "row of their own"}: ${counted(coverage.oovTypes, "word")}, most often ${missing}`,
        ]
      : []),
    `  ${grouped(table.activeRows.length)} rows can move (those of the training text); ${oovNotes[oov]}`,
    ...tokenLines(prepared),
  ];
}

const oovNotes: { readonly [O in Prepared["oov"]]: string } = {
  random: "words without a vector: random",
  mean: "words without a vector: mean",
  zero: "words without a vector: zero",
  unk: "words without a vector: unk",
  subword: "every word is made of its row and its n-grams",
  drop: "the folder's own tokenizer makes words of pieces; unknown pieces are left out",
};

/** How words are made of rows, where they are. */
function tokenLines({ weighted, tokenNames, distinctTokens }: Prepared): string[] {
  if (weighted === null) return [];
  const { kind, ownRows, ngramRows, known, composed, without } = describeTokens(
    { tokenNames, distinctTokens },
    weighted,
  );
  if (kind === "pieces") return [];
  const none = without === 0 ? "" : `, ${grouped(without)} of too few letters for one are left out`;
  return [
    `  of the data's words ${grouped(known)} have a row, ${grouped(composed)} are made of n-grams alone${none}`,
    `  the model keeps ${counted(ownRows, "word row")} and ${counted(ngramRows, "n-gram row")}: --model-rows ${weighted.keeps}`,
  ];
}

/** What was read, in lines for people. */
export function describeData(
  prepared: Prepared,
  {
    loadMs,
    backend,
  }: { readonly loadMs: number; readonly backend: { readonly name: string; readonly reason: string } },
): string {
  const { splits, tokenizer, lowercaseIsGuessed, train, dev, test } = prepared;
  const empty = train.emptyTexts + dev.emptyTexts + (test?.emptyTexts ?? 0);
  const lowerCased = tokenizer.spec.lowercase
    ? `, lower-cased${lowercaseIsGuessed ? " because the vectors are" : ""}`
    : ", case kept";
  const { maxLength } = tokenizer.spec;
  const cut = maxLength === undefined ? "" : `, the first ${counted(maxLength, "token")} of a text`;
  const lines = [
    `Data     ${splits.labels.length} labels: ${splits.labels.slice(0, 8).join(", ")}${splits.labels.length > 8 ? ", …" : ""}`,
    splitLine("train", splits.train),
    splitLine("dev", splits.dev, splits.devIsHeldOut ? " (held out of train: there is no --dev)" : ""),
    ...(splits.test === null ? [] : [splitLine("test", splits.test)]),
    ...skippedLines(splits),
    `  tokenizer: ${tokenizer.spec.name}${lowerCased}${cut}`,
    ...(empty > 0 ? [`  ${counted(empty, "text")} without any known word: the head sees a zero vector`] : []),
    ...vectorLines(prepared),
    `Backend  ${backend.name}: ${backend.reason}`,
    `  read in ${seconds(loadMs)}`,
  ];
  return `${lines.join("\n")}\n\n`;
}
