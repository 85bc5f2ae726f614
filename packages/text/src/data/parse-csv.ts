import { CsvError, parse } from "#csv-parse";
import { missingColumnMessage } from "./missing-column.ts";
import type { RowCollector } from "./row-collector.ts";
import type { ColumnNames, RowParser } from "./row-parser.ts";
import { countNewlines, joinBytes, longestRecordBytes } from "./text-blocks.ts";

const quote = 0x22;
const newline = 0x0a;

/** By the parser's codes: its own messages count lines within what it was given. */
const quoteProblems: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: "a quoted field that is never closed",
  CSV_INVALID_CLOSING_QUOTE: "text after a closing quote",
  INVALID_OPENING_QUOTE: "a quote within a field that does not begin with one",
};
const quoteAdvice = "a field with quotes in it is quoted as a whole, its own quotes doubled";

/** Places of the two columns in a record. */
interface Header {
  readonly names: readonly string[];
  readonly text: number;
  readonly label: number;
}

/** Parses comma-separated values (RFC 4180) with a header; fields in quotes may hold commas, quotes (doubled) and newlines. */
export function createCsvParser(collector: RowCollector, columns: ColumnNames, delimiter: string): RowParser {
  let header: Header | undefined;
  let pending: Uint8Array[] = [];
  let pendingBytes = 0;
  let pendingLine = 1;
  let isQuoted = false;

  const readHeader = (fields: readonly string[], line: number): Header => {
    const names = fields.map((name) => name.trim());
    const placeOf = (what: "text" | "label"): number => {
      const place = names.indexOf(columns[what]);
      if (place === -1) collector.fail(missingColumnMessage(what, columns[what], names), { line });
      if (names.indexOf(columns[what], place + 1) !== -1) {
        collector.fail(`expected one column "${columns[what]}", the header has it more than once`, { line });
      }
      return place;
    };
    return { names, text: placeOf("text"), label: placeOf("label") };
  };
  const record = (fields: readonly string[], line: number): void => {
    const isBlank = fields.length === 1 && fields[0]!.trim() === "";
    if (header === undefined) {
      if (!isBlank) header = readHeader(fields, line);
    } else if (isBlank && header.names.length > 1) {
      collector.blank(line);
    } else if (fields.length > header.names.length) {
      collector.skip(
        line,
        `${fields.length} fields where the header names ${header.names.length}; text with a comma needs quotes`,
      );
    } else {
      collector.row(line, fields[header.label], fields[header.text]);
    }
  };
  /** Parses whole records. The parser's own line count is off for \r\n in quotes: lines are counted by its byte count. */
  const parseRecords = (bytes: Uint8Array, firstLine: number): void => {
    let line = firstLine;
    let parsedBytes = 0;
    const onRecord = (fields: string[], info: { readonly bytes: number }): null => {
      const start = line;
      line += countNewlines(bytes, parsedBytes, info.bytes);
      parsedBytes = info.bytes;
      record(fields, start);
      return null;
    };
    try {
      parse(bytes, {
        delimiter,
        record_delimiter: ["\r\n", "\n"],
        relax_column_count: true,
        on_record: onRecord as never,
      });
    } catch (error) {
      if (!(error instanceof CsvError)) throw error;
      const found = quoteProblems[error.code] ?? error.code;
      collector.fail(`expected comma-separated values, found ${found}; ${quoteAdvice}`, { line }, error);
    }
  };
  /** Index after the last newline that is outside quotes, -1 if none; a doubled quote toggles twice, which is right too. */
  const scan = (bytes: Uint8Array): number => {
    let boundary = -1;
    for (let i = 0; i < bytes.length; i++) {
      if (bytes[i] === quote) isQuoted = !isQuoted;
      else if (bytes[i] === newline && !isQuoted) boundary = i + 1;
    }
    return boundary;
  };
  return {
    push({ bytes, line }) {
      const boundary = scan(bytes);
      if (boundary !== -1) {
        parseRecords(joinBytes([...pending, bytes.subarray(0, boundary)]), pending.length > 0 ? pendingLine : line);
        pending = [];
        pendingBytes = 0;
      }
      const rest = bytes.subarray(Math.max(boundary, 0));
      if (rest.length === 0) return;
      if (pending.length === 0) pendingLine = line + countNewlines(bytes, 0, Math.max(boundary, 0));
      pending.push(rest);
      pendingBytes += rest.length;
      if (pendingBytes > longestRecordBytes) {
        collector.fail(`expected a closing quote within ${longestRecordBytes / 1024 / 1024} MB`, { line: pendingLine });
      }
    },
    end() {
      if (pending.length > 0) parseRecords(joinBytes(pending), pendingLine);
    },
  };
}
