import type { FilesAudit } from "../pipeline/audit-files.ts";
import { counted, grouped, percent } from "./format.ts";
import type { Style } from "./style.ts";
import { textTable } from "./text-table.ts";

const shown = { words: 10, classes: 5, examples: 2 };

const shownText = (text: string): string => JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);

function tokenizerTable({ tokenizers, best, measuredWith }: FilesAudit): string {
  return textTable(
    ["tokenizer", "tokens", "types", ""],
    tokenizers.map(({ name, tokens, types }) => {
      const remarks = [
        ...(name === best ? ["fits best"] : []),
        ...(name === measuredWith.name ? ["measured below"] : []),
      ];
      return [name, percent(tokens), percent(types), remarks.join(", ")];
    }),
  );
}

function splitTable({ splits, data }: FilesAudit): string {
  const rows = (["train", "dev", "test"] as const).flatMap((name) => {
    const split = splits[name];
    if (split === null) return [];
    const { skipped } = data[name]!;
    const note = skipped > 0 ? `${counted(skipped, "row")} without text or label left out` : "";
    return [[name, grouped(split.rows), percent(split.tokens), percent(split.types), grouped(split.oovTypes), note]];
  });
  return textTable(["split", "rows", "tokens", "types", "words without a vector", ""], rows);
}

function classTable({ perClass }: FilesAudit): string {
  const rows = perClass
    .slice(0, shown.classes)
    .map(({ label, rows, tokens, types }) => [label, grouped(rows), percent(tokens), percent(types)]);
  return textTable([perClass.length > shown.classes ? "worst labels" : "label", "rows", "tokens", "types"], rows);
}

/** "lowercase: cat, hyphen: a b", or a dash. */
const rescue = ({ recoverableBy, forms }: FilesAudit["missing"][number]): string =>
  recoverableBy.length === 0 ? "–" : recoverableBy.map((rule, i) => `${rule}: ${forms[i]}`).join(", ");

function missingTable({ missing }: FilesAudit): string[] {
  if (missing.length === 0) return ["Every word has a vector."];
  const rows = missing.slice(0, shown.words).map((each) => [each.word, grouped(each.count), rescue(each)]);
  return [textTable(["missing most", "count", "found by"], rows)];
}

function recoveryTable({ recoveries, recoverable }: FilesAudit): string[] {
  if (recoveries.length === 0) return [];
  const rows = recoveries.map(({ rule, description, tokens, types, gain }) => [
    rule,
    grouped(tokens),
    grouped(types),
    percent(gain),
    description,
  ]);
  const all = ["all together", grouped(recoverable.tokens), grouped(recoverable.types), percent(recoverable.gain), ""];
  return ["", textTable(["what would find more", "tokens", "types", "gain", ""], [...rows, all])];
}

function indicativeTable({ labelIndicativeMissing }: FilesAudit): string[] {
  if (labelIndicativeMissing.length === 0) return [];
  const rows = labelIndicativeMissing
    .slice(0, shown.words)
    .map((each) => [each.word, grouped(each.count), each.label, percent(each.share), rescue(each)]);
  return ["", textTable(["missing, and speaks for a label", "count", "label", "of its texts", "found by"], rows)];
}

function anomalyLines({ anomalies }: FilesAudit, style: Style): string[] {
  if (anomalies.length === 0) return [];
  const lines = anomalies.map(({ kind, split, count, message, examples }) => {
    const examined = examples.slice(0, shown.examples).map(shownText).join(", ");
    return `  ${style.yellow(kind)}${split === null ? "" : ` in ${split}`} (${grouped(count)}): ${message}${examined && `; ${examined}`}`;
  });
  return ["", "Odd:", ...lines];
}

/** An audit for people. */
export function describeAudit(audit: FilesAudit, style: Style): string {
  const { vectors, measuredWith, unknownWord } = audit;
  const flags = `--tokenizer ${measuredWith.tokenizer} ${measuredWith.lowercase ? "--lowercase" : "--no-lowercase"}`;
  const lines = [
    `${vectors.file}: ${vectors.format}, ${grouped(vectors.rows)} × ${vectors.dimension}. Shares of tokens and types (distinct tokens) that have a vector:`,
    "",
    tokenizerTable(audit),
    "",
    style.bold(`With ${flags}:`),
    splitTable(audit),
    "",
    classTable(audit),
    "",
    ...missingTable(audit),
    ...recoveryTable(audit),
    ...indicativeTable(audit),
    ...(unknownWord === null
      ? []
      : ["", `The vectors have a row for unknown words, ${JSON.stringify(unknownWord)}: --oov unk uses it.`]),
    ...anomalyLines(audit, style),
  ];
  return `${lines.join("\n")}\n`;
}
