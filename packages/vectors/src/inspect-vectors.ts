import type { ByteSource } from "./bytes/byte-source.ts";
import { decodeWord } from "./bytes/word-codec.ts";
import { readFastText } from "./fasttext/read-fasttext.ts";
import { type ReadVectorsOptions, readVectorRows, type VectorFileInfo } from "./read-vectors.ts";
import type { RowConsumer } from "./row-gate.ts";
import type { RowNotes } from "./vector-report.ts";

/** L2 norms of the rows; null figures for a table without rows. Quantiles interpolate linearly between ranks. */
export interface NormFigures {
  readonly min: number | null;
  readonly mean: number | null;
  readonly max: number | null;
  readonly quantiles: {
    readonly p05: number;
    readonly p25: number;
    readonly p50: number;
    readonly p75: number;
    readonly p95: number;
  } | null;
}

/** What a file of vectors holds. */
export interface VectorInspection extends Pick<VectorFileInfo, "format" | "compression" | "dimension"> {
  /** Rows of the file; words are fewer by duplicates and non-finite rows. */
  readonly rows: number;
  readonly duplicates: RowNotes;
  readonly zeroRows: RowNotes;
  readonly nonFiniteRows: RowNotes;
  /** Words that are empty, or contain a space, a control character, other white space, or bytes that are not UTF-8. */
  readonly oddTokens: { readonly count: number; readonly notUtf8: RowNotes; readonly whiteSpace: RowNotes };
  readonly norms: NormFigures;
  readonly warnings: readonly string[];
  /** By word asked for: its vector (of its subwords, where the format has them and the table lacks it), or null. */
  readonly vectors?: ReadonlyMap<string, Float32Array | null>;
}

/** What to look at. */
export interface InspectOptions {
  /** Words whose vectors are wanted too. */
  readonly vectorsOf?: readonly string[];
}

/** Reads all rows of one source into a consumer: `readVectorRows` or one of its kind, bound to its source. */
export type RowsReader = (consumer: RowConsumer) => Promise<VectorFileInfo>;

/**
 * Looks through a file of vectors, row by row: memory is the words and 8 bytes a row. Rows that are not finite are
 * counted and left out of the norms.
 * @param open gives the source; with `vectorsOf` a fastText model is read a second time, for its subwords
 * @throws FormatError BAD_VECTOR_FILE; ThawlineError ABORTED
 */
export async function inspectVectors(
  open: () => ByteSource | Promise<ByteSource>,
  { vectorsOf, ...options }: InspectOptions & Omit<ReadVectorsOptions, "wanted" | "limit" | "nonFinite"> = {},
): Promise<VectorInspection> {
  const source = await open();
  const settings = { ...options, nonFinite: "skip" as const };
  const inspection = await inspectRows((consumer) => readVectorRows(source, consumer, settings), vectorsOf);
  if (vectorsOf === undefined || inspection.format !== "fasttext") return inspection;
  const model = await readFastText(await open(), { ...options, wanted: new Set(vectorsOf) });
  return { ...inspection, vectors: new Map(vectorsOf.map((word) => [word, model.vectorOf(word) ?? null])) };
}

/** Gathers the figures of the rows that `read` gives. It must leave out rows that are not finite. */
export async function inspectRows(read: RowsReader, vectorsOf?: readonly string[]): Promise<VectorInspection> {
  const norms = createNormList();
  const asked = vectorsOf && new Map<string, Float32Array | null>(vectorsOf.map((word) => [word, null]));
  const info = await read({
    begin: () => {},
    row(values, word) {
      norms.add(values);
      if (asked === undefined) return;
      const name = decodeWord(word);
      if (asked.has(name)) asked.set(name, values.slice());
    },
  });
  const { report, format, compression, dimension } = info;
  return {
    format,
    compression,
    dimension,
    rows: report.fileRows,
    duplicates: report.duplicates,
    zeroRows: report.zeroRows,
    nonFiniteRows: report.nonFiniteRows,
    oddTokens: {
      count: report.lossyWords.count + report.oddWords.count,
      notUtf8: report.lossyWords,
      whiteSpace: report.oddWords,
    },
    norms: norms.figures(),
    warnings: report.warnings,
    ...(asked === undefined ? {} : { vectors: asked }),
  };
}

function createNormList() {
  let norms = new Float64Array(1024);
  let count = 0;
  return {
    add(values: Float32Array): void {
      let square = 0;
      for (let index = 0; index < values.length; index++) square += values[index] * values[index];
      if (count === norms.length) {
        const grown = new Float64Array(count * 2);
        grown.set(norms);
        norms = grown;
      }
      norms[count++] = Math.sqrt(square);
    },
    figures(): NormFigures {
      if (count === 0) return { min: null, mean: null, max: null, quantiles: null };
      const sorted = norms.subarray(0, count).sort();
      let sum = 0;
      for (const norm of sorted) sum += norm;
      const at = (share: number) => quantile(sorted, share);
      return {
        min: sorted[0],
        mean: sum / count,
        max: sorted[count - 1],
        quantiles: { p05: at(0.05), p25: at(0.25), p50: at(0.5), p75: at(0.75), p95: at(0.95) },
      };
    },
  };
}

/** @remarks numpy.quantile's default, "linear" (Hyndman and Fan 1996, type 7) */
function quantile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const low = Math.floor(place);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low] + (sorted[high] - sorted[low]) * (place - low);
}
