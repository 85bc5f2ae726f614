import { FormatError, ThawlineError } from "@thawline/core";
import type { DataFormat } from "./data-format.ts";
import type { Dataset } from "./dataset.ts";
import { type Gunzip, gunzipIfNeeded } from "./gunzip.ts";
import { memorySource, type ParquetSource } from "./parquet/parquet-source.ts";
import { readParquet } from "./parquet/read-parquet.ts";
import { createCsvParser } from "./parse-csv.ts";
import { createJsonlParser } from "./parse-jsonl.ts";
import { createTsvParser } from "./parse-tsv.ts";
import { createRowCollector, type RowCollector } from "./row-collector.ts";
import type { ColumnNames, RowParser } from "./row-parser.ts";
import { joinBytes, textBlocks } from "./text-blocks.ts";

/** How to read a labelled text file. */
export interface ReadDatasetOptions {
  readonly format: DataFormat;
  /** Name for messages and for `Dataset.file`. */
  readonly file?: string;
  /** Column (CSV, Parquet) or key (JSONL) of the text. Default `text`. */
  readonly textColumn?: string;
  /** Column (CSV, Parquet) or key (JSONL) of the label. Default `label`. */
  readonly labelColumn?: string;
  /** One character between CSV fields. Default `,`. */
  readonly delimiter?: string;
  /** Fail at the first row that would be left out. Default false. */
  readonly strict?: boolean;
  /** How many rows left out are listed; all are counted. Default 20. */
  readonly maxReported?: number;
  /** Decompressor of gzip data. Default: the platform's `DecompressionStream`. */
  readonly gunzip?: Gunzip;
}

function checkedDelimiter(delimiter = ","): string {
  if (delimiter.length === 1 && !'"\r\n'.includes(delimiter)) return delimiter;
  const found = JSON.stringify(delimiter);
  throw new ThawlineError("INVALID_CONFIG", `a delimiter is one character, no quote or line break, got ${found}`);
}

const columnsOf = ({ textColumn = "text", labelColumn = "label" }: Partial<ReadDatasetOptions>): ColumnNames => ({
  text: textColumn,
  label: labelColumn,
});

function createParser(
  collector: RowCollector,
  options: ReadDatasetOptions & { readonly format: Exclude<DataFormat, "parquet"> },
): RowParser {
  const columns = columnsOf(options);
  switch (options.format) {
    case "tsv":
      return createTsvParser(collector);
    case "csv":
      return createCsvParser(collector, columns, checkedDelimiter(options.delimiter));
    case "jsonl":
      return createJsonlParser(collector, columns);
    default:
      throw new TypeError(`a data format is tsv, csv, jsonl or parquet, got ${options.format satisfies never}`);
  }
}

/** Most bytes of a Parquet file that are gathered where it comes as a stream: its index stands at its end. */
const MAX_GATHERED_BYTES = 1 << 30;

/**
 * Reads labelled texts from a byte stream, gzip or not (seen from the content): UTF-8 text with `\n` or `\r\n` at line
 * ends, or Parquet, which is gathered in memory first (`readParquetDataset` reads a file where it lies).
 * Rows without text or label are left out, counted and listed with their lines; blank lines too, but not at the end.
 * The source's chunks are borrowed until this returns.
 * @throws FormatError BAD_DATA_FILE for no (usable) row, a missing column, a broken line, invalid UTF-8, NUL bytes,
 * broken gzip or Parquet, and with `strict` for any row that would be left out
 * @throws ThawlineError INVALID_CONFIG for a delimiter that is not one character
 */
export async function readDataset(source: AsyncIterable<Uint8Array>, options: ReadDatasetOptions): Promise<Dataset> {
  const { file, gunzip, format } = options;
  const bytes = gunzipIfNeeded(source, { file, gunzip });
  if (format === "parquet") return readParquetDataset(memorySource(await gather(bytes, file)), options);
  const collector = collectorOf(options);
  const parser = createParser(collector, { ...options, format });
  for await (const block of textBlocks(bytes, file)) parser.push(block);
  parser.end();
  return collector.finish();
}

/**
 * Reads labelled texts from a Parquet file, one row group at a time: columns of strings, labels also of whole numbers or
 * booleans, with the names that the Hugging Face `datasets` library keeps in the file. A row's "line" is its number.
 * The decoder is loaded by the first call.
 * @throws FormatError BAD_DATA_FILE, as `readDataset`
 */
export async function readParquetDataset(
  source: ParquetSource,
  options: Omit<ReadDatasetOptions, "format" | "delimiter" | "gunzip"> = {},
): Promise<Dataset> {
  const collector = collectorOf(options);
  await readParquet(source, collector, columnsOf(options));
  return collector.finish();
}

const collectorOf = ({ file, strict = false, maxReported = 20 }: Partial<ReadDatasetOptions>): RowCollector =>
  createRowCollector({ file, strict, maxReported });

async function gather(chunks: AsyncIterable<Uint8Array>, file: string | undefined): Promise<Uint8Array> {
  const gathered: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    length += chunk.length;
    if (length > MAX_GATHERED_BYTES) {
      const message = `expected a Parquet file of at most ${MAX_GATHERED_BYTES} bytes where it is packed or comes by a stream; save it unpacked`;
      throw new FormatError("BAD_DATA_FILE", message, file === undefined ? {} : { file });
    }
    gathered.push(new Uint8Array(chunk));
  }
  return joinBytes(gathered);
}
