import type { Compression, NormFigures, RowNote, VectorFormatName, VectorInspection } from "@thawline/vectors";
import { type InspectFileOptions, inspectVectorsFile } from "@thawline/vectors/node";
import { readWords } from "./read-words.ts";

/** How to look through a file of vectors. */
export interface InspectOptions extends Pick<InspectFileOptions, "onProgress" | "signal"> {
  /** File of words, one a line, whose vectors are wanted too. */
  readonly vectorsOf?: string;
  readonly vectorsFormat?: VectorFormatName;
}

/** What `inspect --json` prints. */
export interface Inspection {
  readonly command: "inspect";
  readonly file: string;
  readonly format: VectorFormatName;
  readonly compression: Compression;
  /** Rows of the file. */
  readonly rows: number;
  readonly dimension: number;
  /** Rows whose word came before. */
  readonly duplicates: number;
  readonly zeroRows: number;
  /** Rows with NaN or infinity. */
  readonly nonFiniteRows: number;
  /** Words that are empty, have white space or control characters, or are not UTF-8. */
  readonly oddTokens: number;
  /** L2 norms of the rows that are finite. */
  readonly norms: NormFigures;
  readonly warnings: readonly string[];
  /** The first few rows of each count above. */
  readonly examples: Readonly<
    Record<"duplicates" | "zeroRows" | "nonFiniteRows" | "notUtf8" | "whiteSpace", readonly RowNote[]>
  >;
  /** By word asked for: its vector, of its subwords where the format has them, or null. */
  readonly vectors?: Readonly<Record<string, readonly number[] | null>>;
}

function resultOf(file: string, inspection: VectorInspection): Inspection {
  const { format, compression, rows, dimension, duplicates, zeroRows, nonFiniteRows, oddTokens, norms } = inspection;
  const { warnings, vectors } = inspection;
  return {
    command: "inspect",
    file,
    format,
    compression,
    rows,
    dimension,
    duplicates: duplicates.count,
    zeroRows: zeroRows.count,
    nonFiniteRows: nonFiniteRows.count,
    oddTokens: oddTokens.count,
    norms,
    warnings,
    examples: {
      duplicates: duplicates.first,
      zeroRows: zeroRows.first,
      nonFiniteRows: nonFiniteRows.first,
      notUtf8: oddTokens.notUtf8.first,
      whiteSpace: oddTokens.whiteSpace.first,
    },
    ...(vectors === undefined
      ? {}
      : { vectors: Object.fromEntries(Array.from(vectors, ([word, row]) => [word, row && Array.from(row)])) }),
  };
}

/**
 * Looks through a file of vectors or a model folder, row by row.
 * @throws FormatError BAD_VECTOR_FILE; BAD_DATA_FILE for the file of words; ThawlineError ABORTED
 */
export async function inspectFile(file: string, options: InspectOptions = {}): Promise<Inspection> {
  const { vectorsOf, vectorsFormat, ...rest } = options;
  const inspection = await inspectVectorsFile(file, {
    ...rest,
    ...(vectorsFormat === undefined ? {} : { format: vectorsFormat }),
    ...(vectorsOf === undefined ? {} : { vectorsOf: await readWords(vectorsOf) }),
  });
  return resultOf(file, inspection);
}
