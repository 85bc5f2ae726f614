import { ThawlineError } from "@thawline/core";
import type { DataFormat } from "./data-format.ts";
import type { Dataset } from "./dataset.ts";
import { type Gunzip, gunzipIfNeeded } from "./gunzip.ts";
import { createCsvParser } from "./parse-csv.ts";
import { createJsonlParser } from "./parse-jsonl.ts";
import { createTsvParser } from "./parse-tsv.ts";
import { createRowCollector, type RowCollector } from "./row-collector.ts";
import type { RowParser } from "./row-parser.ts";
import { textBlocks } from "./text-blocks.ts";

/** How to read a labelled text file. */
export interface ReadDatasetOptions {
  readonly format: DataFormat;
  /** Name for messages and for `Dataset.file`. */
  readonly file?: string;
  /** Column (CSV) or key (JSONL) of the text. Default `text`. */
  readonly textColumn?: string;
  /** Column (CSV) or key (JSONL) of the label. Default `label`. */
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

function createParser(collector: RowCollector, options: ReadDatasetOptions): RowParser {
  const columns = { text: options.textColumn ?? "text", label: options.labelColumn ?? "label" };
  switch (options.format) {
    case "tsv":
      return createTsvParser(collector);
    case "csv":
      return createCsvParser(collector, columns, checkedDelimiter(options.delimiter));
    case "jsonl":
      return createJsonlParser(collector, columns);
    default:
      throw new TypeError(`a data format is tsv, csv or jsonl, got ${options.format satisfies never}`);
  }
}

/**
 * Reads labelled texts from a UTF-8 byte stream, gzip or not (seen from the content), with `\n` or `\r\n` at line ends.
 * Rows without text or label are left out, counted and listed with their lines; blank lines too, but not at the end.
 * The source's chunks are borrowed until this returns.
 * @throws FormatError BAD_DATA_FILE for no (usable) row, a missing column, a broken line, invalid UTF-8, NUL bytes,
 * broken gzip, and with `strict` for any row that would be left out
 * @throws ThawlineError INVALID_CONFIG for a delimiter that is not one character
 */
export async function readDataset(source: AsyncIterable<Uint8Array>, options: ReadDatasetOptions): Promise<Dataset> {
  const { file, gunzip, strict = false, maxReported = 20 } = options;
  const collector = createRowCollector({ file, strict, maxReported });
  const parser = createParser(collector, options);
  for await (const block of textBlocks(gunzipIfNeeded(source, { file, gunzip }), file)) parser.push(block);
  parser.end();
  return collector.finish();
}
