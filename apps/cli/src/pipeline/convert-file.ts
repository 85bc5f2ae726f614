import { ThawlineError } from "@thawline/core";
import {
  type Compression,
  formatOfPath,
  type RowNote,
  type VectorDType,
  type VectorFormatName,
  type WritableFormatName,
} from "@thawline/vectors";
import { convertVectorsFile, type ReadVectorsFileOptions } from "@thawline/vectors/node";
import { readWords } from "./read-words.ts";

/** How to convert a file of vectors. */
export interface ConvertOptions extends Pick<ReadVectorsFileOptions, "onProgress" | "signal"> {
  /** By default what the output's extension says. */
  readonly to?: WritableFormatName;
  /** File of words, one a line; other rows are left out. */
  readonly keepWords?: string;
  /** Only the first so many rows of the input. */
  readonly limit?: number;
  /** Element type of safetensors and .npy. Default f32. */
  readonly dtype?: VectorDType;
  readonly vectorsFormat?: VectorFormatName;
  /** Rows with NaN or infinity, and words that the output's format cannot hold, are left out; by default an error. */
  readonly skipBadRows?: boolean;
}

/** What `convert --json` prints. */
export interface Conversion {
  readonly command: "convert";
  readonly input: {
    readonly file: string;
    readonly format: VectorFormatName;
    readonly compression: Compression;
    /** Rows read: those before the limit. */
    readonly rows: number;
    readonly dimension: number;
  };
  readonly output: {
    readonly file: string;
    readonly format: WritableFormatName;
    readonly compression: "gzip" | "none";
    readonly dtype: VectorDType;
    readonly rows: number;
  };
  /** Rows left out because their word came before. */
  readonly duplicates: number;
  readonly skipped: {
    /** Rows with NaN or infinity. */
    readonly nonFinite: number;
    /** Words that the output's format cannot hold. */
    readonly unwritable: number;
  };
  /** Words to keep that the input does not have; null without a list. */
  readonly missingWords: number | null;
  readonly warnings: readonly string[];
  /** The first few duplicates. */
  readonly firstDuplicates: readonly RowNote[];
}

const formatsWithHalves: readonly WritableFormatName[] = ["safetensors", "npy"];

const invalid = (message: string): ThawlineError => new ThawlineError("INVALID_CONFIG", message);

function outputFormat(output: string, { to, dtype = "f32" }: ConvertOptions): WritableFormatName {
  const format = to ?? formatOfPath(output).format;
  if (format === undefined && output === "-") {
    throw invalid("stdout has no extension: say which format with --to");
  }
  if (format === undefined) {
    throw invalid(
      `the extension of ${output} names no format: expected .txt, .vec, .bin, .safetensors or .npy (.gz may follow), or --to`,
    );
  }
  if (dtype === "f16" && !formatsWithHalves.includes(format)) {
    throw invalid(`${format} has no 16-bit numbers: --dtype f16 goes with ${formatsWithHalves.join(" and ")}`);
  }
  return format;
}

function readOptions(options: ConvertOptions, wanted: ReadonlySet<string> | null) {
  const { limit, vectorsFormat, skipBadRows, onProgress, signal } = options;
  return {
    ...(wanted === null ? {} : { wanted }),
    ...(limit === undefined ? {} : { limit }),
    ...(vectorsFormat === undefined ? {} : { format: vectorsFormat }),
    ...(skipBadRows === true ? { nonFinite: "skip" as const } : {}),
    ...(onProgress === undefined ? {} : { onProgress }),
    ...(signal === undefined ? {} : { signal }),
  };
}

/**
 * Converts a file of vectors (or a model folder) to another format, row by row. The output is there whole or not at all.
 * @throws FormatError BAD_VECTOR_FILE; ThawlineError INVALID_CONFIG, OUTPUT_FAILED, ABORTED
 */
export async function convertFile(input: string, output: string, options: ConvertOptions = {}): Promise<Conversion> {
  const { dtype = "f32", keepWords, skipBadRows } = options;
  const format = outputFormat(output, options);
  const wanted = keepWords === undefined ? null : new Set(await readWords(keepWords));
  const { input: from, output: to } = await convertVectorsFile(input, output, {
    read: readOptions(options, wanted),
    write: { format, dtype, ...(skipBadRows === true ? { unwritable: "skip" } : {}) },
  });
  const { report } = from;
  return {
    command: "convert",
    input: {
      file: input,
      format: from.format,
      compression: from.compression,
      rows: report.fileRows,
      dimension: from.dimension,
    },
    output: {
      file: output,
      format,
      compression: formatOfPath(output).gzip ? "gzip" : "none",
      dtype,
      rows: to.rows,
    },
    duplicates: report.duplicates.count,
    skipped: { nonFinite: report.nonFiniteRows.count, unwritable: to.skippedWords },
    missingWords: wanted === null ? null : wanted.size - report.loadedRows - report.nonFiniteRows.count,
    warnings: report.warnings,
    firstDuplicates: report.duplicates.first,
  };
}
