import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { FormatError } from "@thawline/core";

/** What reads one field: called with the reader at the value. */
export interface FieldReader {
  readonly wires: readonly WireType[];
  readonly read: (wire: WireType) => void;
}

/** Readers by field number; other fields are skipped. */
export type FieldReaders = Readonly<Record<number, FieldReader>>;

/** Reads protobuf messages that lie in each other, and knows where in the file it is. */
export interface MessageReader {
  readonly position: () => number;
  /** Reads a whole message up to byte `end`. */
  readonly fields: (end: number, readers: FieldReaders) => void;
  readonly message: (readersOf: (offset: number) => FieldReaders) => FieldReader;
  readonly string: (take: (value: string) => void) => FieldReader;
  readonly integer: (take: (value: number) => void) => FieldReader;
  /** Repeated integers, packed or not. */
  readonly integers: (take: (value: number) => void) => FieldReader;
  /** Repeated floats of 4 or 8 bytes, packed or not. */
  readonly floats: (bytes: 4 | 8, take: (value: number) => void) => FieldReader;
  readonly bytes: (take: (value: Uint8Array) => void) => FieldReader;
  readonly fail: (problem: string, offset?: number, cause?: unknown) => never;
}

/** A reader over `bytes` (borrowed). Its `fail`, and every malformed byte, throws FormatError BAD_MODEL_FILE. */
export function createMessageReader(bytes: Uint8Array, file?: string): MessageReader {
  const reader = new BinaryReader(bytes);
  const fail = (problem: string, offset = reader.pos, cause?: unknown): never => {
    const location = { offset, ...(file === undefined ? {} : { file }) };
    throw new FormatError("BAD_MODEL_FILE", problem, location, cause === undefined ? {} : { cause });
  };
  /** The library's own errors have no offset. */
  const guarded = <T>(read: () => T): T => {
    const start = reader.pos;
    try {
      return read();
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      return fail(`expected an ONNX model (protobuf), got bytes that are none: ${detail}`, start, error);
    }
  };
  const endOfValue = (): number => {
    const start = reader.pos;
    const length = guarded(() => reader.uint32());
    const end = reader.pos + length;
    if (end > bytes.length) fail(`the file ends inside a field of ${length} bytes; is it cut off?`, start);
    return end;
  };
  const int64 = (): number => {
    const start = reader.pos;
    const value = Number(guarded(() => reader.int64()));
    return Number.isSafeInteger(value) ? value : fail(`the integer ${value} is beyond 2^53`, start);
  };
  const fields = (end: number, readers: FieldReaders): void => {
    while (reader.pos < end) {
      const start = reader.pos;
      const [field, wire] = guarded(() => reader.tag());
      const known = readers[field];
      if (known === undefined) guarded(() => reader.skip(wire, field));
      else if (known.wires.includes(wire)) known.read(wire);
      else fail(`field ${field} has wire type ${wire}, expected ${known.wires.join(" or ")}`, start);
    }
    if (reader.pos !== end) fail("a field reaches beyond the message that it is in");
  };
  const repeated = (wireType: WireType, one: () => void): FieldReader => ({
    wires: [wireType, WireType.LengthDelimited],
    read: (wire) => {
      if (wire === wireType) return one();
      const end = endOfValue();
      while (reader.pos < end) one();
      if (reader.pos !== end) fail("a packed field reaches beyond its length");
    },
  });
  return {
    position: () => reader.pos,
    fields,
    fail,
    message: (readersOf) => ({
      wires: [WireType.LengthDelimited],
      read: () => {
        const end = endOfValue();
        fields(end, readersOf(reader.pos));
      },
    }),
    string: (take) => ({
      wires: [WireType.LengthDelimited],
      read: () => take(guarded(() => reader.string(true))),
    }),
    integer: (take) => ({ wires: [WireType.Varint], read: () => take(int64()) }),
    integers: (take) => repeated(WireType.Varint, () => take(int64())),
    floats: (size, take) =>
      size === 4
        ? repeated(WireType.Bit32, () => take(guarded(() => reader.float())))
        : repeated(WireType.Bit64, () => take(guarded(() => reader.double()))),
    bytes: (take) => ({
      wires: [WireType.LengthDelimited],
      read: () => take(guarded(() => reader.bytes())),
    }),
  };
}
