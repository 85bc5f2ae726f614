import { badFile } from "../bad-file.ts";
import type { ByteWindow } from "./byte-window.ts";

/** Reads the fields of a binary format one behind the other. */
export interface FieldReader {
  /** Offset in the stream of the next byte. */
  readonly offset: number;
  /** The next `count` bytes, consumed; valid until the next call. @throws FormatError where the file ends within `what` */
  take(count: number, what: string): Promise<DataView>;
  int32(what: string): Promise<number>;
  /** A signed 64-bit integer. @throws FormatError beyond 2^53 */
  int64(what: string): Promise<number>;
  /** A bool as C++ writes it. @throws FormatError where the byte is neither 0 nor 1 */
  flag(what: string): Promise<boolean>;
  /** Makes sure that `count` bytes can still follow, where the size is known. @throws FormatError */
  promise(count: number, what: string): void;
}

/** Creates a reader of little-endian fields over a window. `size` is the stream's, where known. */
export function createFieldReader(
  window: ByteWindow,
  { file, size }: { readonly file: string | undefined; readonly size: number | undefined },
): FieldReader {
  const fields: FieldReader = {
    get offset() {
      return window.base + window.start;
    },
    async take(count, what) {
      if (!(await window.need(count)))
        throw badFile(`the file ends within ${what}; it is truncated: fetch it again`, {
          file,
          offset: window.base + window.end,
        });
      const view = new DataView(window.bytes.buffer, window.bytes.byteOffset + window.start, count);
      window.start += count;
      return view;
    },
    int32: async (what) => (await fields.take(4, what)).getInt32(0, true),
    async int64(what) {
      const value = Number((await fields.take(8, what)).getBigInt64(0, true));
      if (!Number.isSafeInteger(value))
        throw badFile(`${what} is ${value}, which is beyond reason; the file is damaged`, {
          file,
          offset: fields.offset - 8,
        });
      return value;
    },
    async flag(what) {
      const byte = (await fields.take(1, what)).getUint8(0);
      if (byte > 1)
        throw badFile(`${what} is ${byte}, expected 0 or 1; the file is damaged`, { file, offset: fields.offset - 1 });
      return byte === 1;
    },
    promise(count, what) {
      if (size === undefined || fields.offset + count <= size) return;
      throw badFile(
        `${what} needs ${count} bytes, but only ${size - fields.offset} follow; the file is truncated: fetch it again`,
        { file, offset: fields.offset },
      );
    },
  };
  return fields;
}
