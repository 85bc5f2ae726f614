import { ThawlineError } from "@thawline/core";
import { missingColumnMessage } from "../missing-column.ts";
import type { RowCollector } from "../row-collector.ts";
import type { ColumnNames } from "../row-parser.ts";
import { checkThrift } from "./check-thrift.ts";
import { classLabelNames } from "./class-label-names.ts";
import { loadParquet, type ParquetLibrary } from "./parquet-library.ts";
import type { ParquetSource } from "./parquet-source.ts";
import { type GroupContext, readColumn } from "./read-column.ts";

type FileMetaData = import("hyparquet").FileMetaData;
type Column = import("hyparquet").SchemaTree;

/** Largest footer that is read. */
const MAX_FOOTER_BYTES = 64 << 20;
const magic = 0x31524150;

/**
 * Reads text and label of each row of a Parquet file, one row group at a time, into `collector`; a "line" is the row's
 * number, from 1. Labels are strings, whole numbers or booleans; numbers that the Hugging Face `datasets` library wrote
 * as a ClassLabel get its names, and its −1 is no label. Nulls are missing.
 * @throws FormatError BAD_DATA_FILE for a missing or nested column, and damaged data with the byte offset
 */
export async function readParquet(source: ParquetSource, collector: RowCollector, columns: ColumnNames): Promise<void> {
  const library = await loadParquet();
  const { metadata, footer } = await readFooter(source, library, collector);
  /** Fails at a place in the file. */
  const place = (problem: string, offset: number, cause?: unknown): never =>
    collector.fail(`the Parquet data is damaged (${problem}); fetch the file again`, { offset }, cause);
  try {
    await readGroups({ source, metadata, footer, library, place }, collector, columns);
  } catch (cause) {
    if (ThawlineError.isInstance(cause)) throw cause;
    // A footer that is damaged still has a form: what it says is noticed where it is used.
    place((cause as Error).message, footer, cause);
  }
}

async function readGroups(
  file: Omit<GroupContext, "group" | "rows">,
  collector: RowCollector,
  columns: ColumnNames,
): Promise<void> {
  const { metadata, footer, library, place } = file;
  const schema = library.parquetSchema(metadata).children;
  if (schema.some(({ element }) => typeof element.name !== "string")) place("a column has no name", footer);
  const textColumn = findColumn(schema, columns, { what: "text", collector });
  const labelColumn = findColumn(schema, columns, { what: "label", collector });
  const names = classLabelNames(metadata.key_value_metadata, columns.label);
  let row = 0;
  for (const [index, group] of metadata.row_groups.entries()) {
    const rows = Number(group.num_rows);
    if (rows === 0) continue;
    if (!(rows > 0 && Number.isSafeInteger(rows))) place(`row group ${index + 1} has ${rows} rows`, footer);
    const texts = await readColumn(textColumn, { ...file, group, rows });
    const labels = await readColumn(labelColumn, { ...file, group, rows });
    if (texts.length !== rows || labels.length !== rows)
      place(`row group ${index + 1} has ${texts.length} texts and ${labels.length} labels of ${rows}`, footer);
    for (let at = 0; at < rows; at++) addRow(collector, { row: ++row, text: texts[at], label: labels[at], names });
  }
}

async function readFooter(
  source: ParquetSource,
  library: ParquetLibrary,
  collector: RowCollector,
): Promise<{ readonly metadata: FileMetaData; readonly footer: number }> {
  const end = source.byteLength;
  const fail = (problem: string, offset: number, cause?: unknown): never =>
    collector.fail(`expected a Parquet file, ${problem}`, { offset }, cause);
  if (end < 12) fail(`found ${end} bytes`, 0);
  const tail = new DataView(await source.slice(end - 8, end));
  if (tail.getUint32(4, true) !== magic) {
    fail("its end is missing; it is truncated, or of another format: fetch it again", end - 4);
  }
  const length = tail.getUint32(0, true);
  const footer = end - 8 - length;
  if (footer < 4 || length > MAX_FOOTER_BYTES) fail(`its footer is said to take ${length} bytes`, end - 8);
  try {
    const bytes = await source.slice(footer, end);
    checkThrift(new Uint8Array(bytes, 0, length), 0);
    const metadata = library.parquetMetadata(bytes, { geoparquet: false });
    if (!Array.isArray(metadata.row_groups)) throw new Error("no row groups");
    return { metadata, footer };
  } catch (cause) {
    return fail(`its footer is damaged (${(cause as Error).message})`, footer, cause);
  }
}

function findColumn(
  schema: readonly Column[],
  columns: ColumnNames,
  { what, collector }: { readonly what: "text" | "label"; readonly collector: RowCollector },
): Column {
  const names = schema.map(({ element }) => element.name);
  const name = columns[what];
  const place = names.indexOf(name);
  if (place === -1) collector.fail(missingColumnMessage(what, name, names));
  if (names.lastIndexOf(name) !== place)
    collector.fail(`expected one column "${name}", the file has it more than once`);
  const column = schema[place]!;
  if (column.children.length > 0 || column.element.repetition_type === "REPEATED")
    collector.fail(`expected column "${name}" to hold one value a row, it is a list, map or struct`);
  return column;
}

const kindOf = (value: unknown): string =>
  value instanceof Date ? "a date" : value instanceof Uint8Array ? "bytes" : `a ${typeof value}`;

function addRow(
  collector: RowCollector,
  { row, text, label, names }: { row: number; text: unknown; label: unknown; names: readonly string[] | undefined },
): void {
  if (text !== null && text !== undefined && typeof text !== "string") {
    collector.skip(row, `the text is ${kindOf(text)}, not a string`);
    return;
  }
  if (label === null || label === undefined) {
    collector.row(row, undefined, text ?? undefined);
    return;
  }
  if (typeof label === "object" || typeof label === "function") {
    collector.skip(row, `the label is ${kindOf(label)}, not a string, number or boolean`);
    return;
  }
  if (names === undefined || !(typeof label === "number" || typeof label === "bigint")) {
    collector.row(row, String(label), text ?? undefined);
    return;
  }
  const place = Number(label);
  const name = names[place];
  // −1 is how that library writes "no label".
  if (name === undefined && place !== -1)
    collector.fail(`expected a label of 0 to ${names.length - 1}, as the file names them, found ${label}`, {
      line: row,
    });
  collector.row(row, name, text ?? undefined);
}
