import { formatFloat32, type RowNote } from "@thawline/vectors";
import type { Io } from "../io.ts";
import { checkOneStdin } from "../options/one-stdin.ts";
import { grouped } from "../output/format.ts";
import { createReadingProgress } from "../output/reading-progress.ts";
import { textTable } from "../output/text-table.ts";
import { type Inspection, type InspectOptions, inspectFile } from "../pipeline/inspect-file.ts";

interface InspectFlags extends Pick<InspectOptions, "vectorsOf" | "vectorsFormat"> {
  readonly json?: boolean;
  readonly quiet?: boolean;
}

const shownNotes = 3;

const noted = (notes: readonly RowNote[]): string =>
  notes
    .slice(0, shownNotes)
    .map(({ word, row, line }) => `${JSON.stringify(word)} (${line === undefined ? `row ${row}` : `line ${line}`})`)
    .join(", ");

function normLine({ norms: { min, mean, max, quantiles } }: Inspection): string {
  if (min === null || quantiles === null) return "none";
  const figures = { min, "5 %": quantiles.p05, median: quantiles.p50, mean, "95 %": quantiles.p95, max };
  return Object.entries(figures)
    .map(([name, value]) => `${name} ${value!.toPrecision(4)}`)
    .join(", ");
}

function describe(found: Inspection): string {
  const { examples } = found;
  const packed = found.compression === "none" ? "" : `, ${found.compression}`;
  const rows: string[][] = [
    ["format", `${found.format}${packed}`],
    ["size", `${grouped(found.rows)} × ${found.dimension}`],
    ["norms", normLine(found)],
    ["duplicates", grouped(found.duplicates), noted(examples.duplicates)],
    ["zero rows", grouped(found.zeroRows), noted(examples.zeroRows)],
    ["rows with NaN or infinity", grouped(found.nonFiniteRows), noted(examples.nonFiniteRows)],
    ["odd words", grouped(found.oddTokens), noted([...examples.notUtf8, ...examples.whiteSpace])],
    ...found.warnings.map((warning) => ["note", warning]),
  ];
  const width = Math.max(...rows.map(([name]) => name!.length));
  const lines = rows.map(([name, value, more]) => `${name!.padEnd(width)}  ${value}${more ? `: ${more}` : ""}`);
  return `${lines.join("\n")}\n`;
}

function describeVectors(vectors: NonNullable<Inspection["vectors"]>): string {
  const rows = Object.entries(vectors).map(([word, vector]) => [
    word,
    vector === null ? "no vector" : vector.map(formatFloat32).join(" "),
  ]);
  return `\n${textTable(["word", "vector"], rows)}\n`;
}

/** `thawline inspect` with parsed flags. */
export async function runInspect(file: string, { json, quiet = false, ...options }: InspectFlags, io: Io) {
  const { vectorsOf, vectorsFormat } = options;
  checkOneStdin({ "<vectors>": file, "--vectors-of": vectorsOf });
  const signal = io.interrupt?.();
  const progress = createReadingProgress(io, { quiet, doing: "reading" });
  const result = await inspectFile(file, {
    onProgress: progress.onProgress,
    ...(vectorsOf === undefined ? {} : { vectorsOf }),
    ...(vectorsFormat === undefined ? {} : { vectorsFormat }),
    ...(signal === undefined ? {} : { signal }),
  }).finally(progress.clear);
  if (json) io.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  else io.stdout.write(`${describe(result)}${result.vectors === undefined ? "" : describeVectors(result.vectors)}`);
}
