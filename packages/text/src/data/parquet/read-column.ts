import { ThawlineError } from "@thawline/core";
import { checkPages } from "./check-pages.ts";
import type { ParquetLibrary } from "./parquet-library.ts";
import type { ParquetSource } from "./parquet-source.ts";

/** Largest column chunk that is read. */
const MAX_CHUNK_BYTES = 1 << 30;
/** Rows of a row group beyond this must take at least an eighth of a byte each. */
const FREE_ROWS = 1 << 20;

/** A row group of a file. */
export interface GroupContext {
  readonly source: ParquetSource;
  readonly metadata: import("hyparquet").FileMetaData;
  readonly group: import("hyparquet").RowGroup;
  /** Of the group. */
  readonly rows: number;
  /** Where the file's footer begins: data end before. */
  readonly footer: number;
  readonly library: ParquetLibrary;
  /** @throws FormatError with the byte offset */
  place(problem: string, offset: number, cause?: unknown): never;
}

/** Reads one flat column of a row group; nulls are null or undefined. @throws FormatError where it is damaged */
export async function readColumn(
  { element }: import("hyparquet").SchemaTree,
  { source, metadata, group, rows, footer, library, place }: GroupContext,
): Promise<ArrayLike<unknown>> {
  const { name } = element;
  const meta = group.columns.find(({ meta_data }) => meta_data?.path_in_schema[0] === name)?.meta_data;
  if (meta === undefined) return place(`a row group lacks column "${name}"`, footer);
  const start = Number(meta.dictionary_page_offset || meta.data_page_offset);
  const length = Number(meta.total_compressed_size);
  if (!(start >= 0 && length >= 0 && length <= MAX_CHUNK_BYTES && start + length <= footer))
    return place(`column "${name}" is said to take ${length} bytes at ${start}`, footer);
  if (rows > FREE_ROWS && rows > length * 8) return place(`${rows} rows in ${length} bytes of "${name}"`, start);
  try {
    const bytes = await source.slice(start, start + length);
    const isNullable = element.repetition_type !== "REQUIRED";
    const isBoolean = meta.type === "BOOLEAN";
    checkPages(new Uint8Array(bytes), { codec: meta.codec, rows, isNullable, isBoolean }, library);
    const scan = await library.parquetScan({
      file: {
        byteLength: source.byteLength,
        slice: async (from, to = source.byteLength) => bytes.slice(from - start, to - start),
      },
      // Only this group: the plan is of what is asked for, and its bytes are here.
      metadata: { ...metadata, row_groups: [group], num_rows: group.num_rows },
      columns: [name],
      compressors: library.compressors,
      useOffsetIndex: false,
      parsers: { stringFromBytes: createStringDecoder() },
    });
    return await scan.readColumn({ column: name, rowStart: 0, rowEnd: rows });
  } catch (cause) {
    if (ThawlineError.isInstance(cause)) throw cause;
    return place(`column "${name}": ${(cause as Error).message}`, start, cause);
  }
}

/** Replacing what is not UTF-8, as hyparquet does, would make other words of it without a word. */
function createStringDecoder() {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  return (bytes: Uint8Array | undefined): string | undefined => {
    try {
      return bytes && decoder.decode(bytes);
    } catch {
      throw new Error("a string that is not valid UTF-8");
    }
  };
}
