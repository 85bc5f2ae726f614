import { checkThrift } from "./check-thrift.ts";
import type { ParquetLibrary } from "./parquet-library.ts";

/** What of a column chunk its pages must agree with. */
export interface ColumnFacts {
  readonly codec: string;
  /** Rows of the row group; a flat column has as many values. */
  readonly rows: number;
  readonly isNullable: boolean;
  readonly isBoolean: boolean;
}

/** Values of a delta block and its miniblocks: writers use 128 and 4. */
const MAX_DELTA_BLOCK = 1 << 16;
const MAX_MINIBLOCKS = 1 << 8;

/**
 * Walks over the pages of a flat column before hyparquet decodes them: it believes the counts in page headers and in
 * runs, and a damaged one can make it write a thousand million values, or loop as often.
 * @throws Error that says what is wrong
 * @remarks Parquet format, "Data Pages", "Run Length Encoding / Bit-Packing Hybrid", "Delta Encoding"
 */
export function checkPages(
  bytes: Uint8Array,
  facts: ColumnFacts,
  { parquetHeader, compressors }: ParquetLibrary,
): void {
  const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 };
  let rows = 0;
  const unpack = (packed: Uint8Array, length: number): Uint8Array => {
    if (facts.codec === "UNCOMPRESSED") return packed;
    const codec = compressors[facts.codec as keyof typeof compressors];
    if (codec === undefined) throw new Error(`compression codec ${facts.codec} is not known`);
    return codec(packed, length);
  };
  while (rows < facts.rows && reader.offset < bytes.length - 1) {
    checkThrift(bytes, reader.offset);
    const header = parquetHeader(reader);
    const end = reader.offset + header.compressed_page_size;
    if (!(header.compressed_page_size >= 0 && end <= bytes.length)) throw new Error("a page goes beyond its column");
    const packed = bytes.subarray(reader.offset, end);
    reader.offset = end;
    const size = Number(header.uncompressed_page_size);
    const { data_page_header: v1, data_page_header_v2: v2, dictionary_page_header: dictionary } = header;
    if (header.type === "DICTIONARY_PAGE") {
      // A value takes a byte of the dictionary at least, but for booleans, which have none.
      if (dictionary === undefined || !(dictionary.num_values >= 0 && dictionary.num_values <= size))
        throw new Error("a dictionary has more values than bytes");
      continue;
    }
    const count = v1?.num_values ?? v2?.num_values ?? -1;
    if (!(count >= 0 && rows + count <= facts.rows)) throw new Error(`pages hold more than ${facts.rows} values`);
    rows += count;
    if (v1 !== undefined && header.type === "DATA_PAGE") {
      const page = unpack(packed, size);
      const levels = facts.isNullable ? 4 + lengthAt(page) : 0;
      if (facts.isNullable) checkRuns(page.subarray(4, levels), 1, count);
      checkValues(page.subarray(levels), v1.encoding, { count, isBoolean: facts.isBoolean });
    } else if (v2 !== undefined && header.type === "DATA_PAGE_V2") {
      const levels = v2.definition_levels_byte_length;
      if (v2.repetition_levels_byte_length !== 0 || !(levels >= 0 && levels <= packed.length) || v2.num_rows !== count)
        throw new Error("the levels of a page do not fit it");
      if (facts.isNullable && levels > 0) checkRuns(packed.subarray(0, levels), 1, count);
      const values = packed.subarray(levels);
      const page = v2.is_compressed === false ? values : unpack(values, size - levels);
      if (!(v2.num_nulls >= 0 && v2.num_nulls <= count)) throw new Error("a page has more nulls than values");
      checkValues(page, v2.encoding, { count: count - v2.num_nulls, isBoolean: facts.isBoolean });
    } else throw new Error(`a page of type ${header.type} is not known`);
  }
}

function lengthAt(page: Uint8Array): number {
  if (page.length < 4) throw new Error("a page is too short for its levels");
  const length = new DataView(page.buffer, page.byteOffset).getUint32(0, true);
  if (4 + length > page.length) throw new Error("the levels of a page go beyond it");
  return length;
}

function checkValues(
  page: Uint8Array,
  encoding: string | undefined,
  { count, isBoolean }: { readonly count: number; readonly isBoolean: boolean },
): void {
  if (count === 0) return;
  if (encoding === "PLAIN") {
    if (count > page.length * 8) throw new Error("a page has more values than it has room for");
  } else if (encoding === "RLE" && isBoolean) checkRuns(page.subarray(4, 4 + lengthAt(page)), 1, count);
  else if (encoding === "PLAIN_DICTIONARY" || encoding === "RLE_DICTIONARY") {
    const width = page[0] ?? 33;
    if (width > 32) throw new Error(`a dictionary index of ${width} bits is not known`);
    if (width > 0) checkRuns(page.subarray(1), width, count);
  } else if (encoding?.startsWith("DELTA_")) {
    const [blockSize, at] = varint(page, 0);
    const [miniblocks] = varint(page, at);
    if (blockSize > MAX_DELTA_BLOCK || miniblocks < 1 || miniblocks > MAX_MINIBLOCKS)
      throw new Error(`a delta block of ${blockSize} values in ${miniblocks} parts is not known`);
  } else throw new Error(`encoding ${encoding} of text and labels is not known`);
}

/** Runs must not promise more values than the page has; bit-packed ones come in eights and may pass it by padding. */
function checkRuns(bytes: Uint8Array, width: number, count: number): void {
  let at = 0;
  for (let seen = 0; seen < count; ) {
    const [header, next] = varint(bytes, at);
    const isPacked = (header & 1) === 1;
    const values = isPacked ? (header >>> 1) * 8 : header >>> 1;
    // Some writers pad a packed run to a whole block.
    if (values === 0 || seen + values > count + (isPacked ? 504 : 0))
      throw new Error(`a run of ${values} values does not fit the page's ${count}`);
    seen += values;
    at = next + (isPacked ? Math.ceil((values * width) / 8) : (width + 7) >> 3);
  }
}

/** A number of seven bits a byte, and where the next byte stands. */
function varint(bytes: Uint8Array, start: number): readonly [value: number, next: number] {
  let value = 0;
  for (let at = start; at < start + 5; at++) {
    const byte = bytes[at];
    if (byte === undefined) throw new Error("a run goes beyond its page");
    value += (byte & 127) * 2 ** (7 * (at - start));
    if (byte < 128) return [value, at + 1];
  }
  throw new Error("a number of a page is longer than 32 bits");
}
