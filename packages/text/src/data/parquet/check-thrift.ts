/** Longest varint: 64 bits, seven a byte. */
const MAX_VARINT_BYTES = 10;
const MAX_DEPTH = 64;

/**
 * Walks over a struct of Thrift's compact protocol before hyparquet parses it: a list that says it is longer than the
 * bytes that follow would have an array made for it, and a number without an end would be gathered for ever. Returns
 * where the struct ends.
 * @throws Error that says what is wrong
 * @remarks Thrift, "Thrift Compact protocol encoding"; of its types Parquet uses those that hyparquet knows
 */
export function checkThrift(bytes: Uint8Array, start: number): number {
  let at = start;
  const byte = (): number => {
    const value = bytes[at++];
    if (value === undefined) throw new Error("a header ends too early");
    return value;
  };
  const varint = (): number => {
    let value = 0;
    for (let count = 0; count < MAX_VARINT_BYTES; count++) {
      const next = byte();
      value += (next & 127) * 2 ** (7 * count);
      if (next < 128) return value;
    }
    throw new Error("a number of a header has no end");
  };
  const pass = (length: number): void => {
    if (!(length <= bytes.length - at))
      throw new Error(`a header names ${length} bytes where ${bytes.length - at} follow`);
    at += length;
  };
  const element = (type: number, depth: number): void => {
    if (type === 3) pass(1);
    else if (type >= 4 && type <= 6) varint();
    else if (type === 7) pass(8);
    else if (type === 8) pass(varint());
    else if (type === 9) list(depth);
    else if (type === 12) struct(depth + 1);
    else if (type !== 1 && type !== 2) throw new Error(`a header has a field of type ${type}`);
  };
  const list = (depth: number): void => {
    const head = byte();
    const type = head & 15;
    const size = head >> 4 === 15 ? varint() : head >> 4;
    // Every element takes a byte at least.
    if (size > bytes.length - at) throw new Error(`a list of ${size} elements has ${bytes.length - at} bytes`);
    for (let index = 0; index < size; index++) {
      if (type === 1 || type === 2) pass(1);
      else element(type, depth + 1);
    }
  };
  const struct = (depth: number): void => {
    if (depth > MAX_DEPTH) throw new Error("a header is nested too deeply");
    for (let head = byte(); (head & 15) !== 0; head = byte()) {
      if (head >> 4 === 0) varint();
      element(head & 15, depth);
    }
  };
  struct(0);
  return at;
}
