/** Continues a CRC-32 (of ISO 3309, as zip and gzip have it) over more bytes; begins with 0. */
export type Crc32 = (bytes: Uint8Array, crc: number) => number;

/** Makes the portable CRC-32: eight bytes a step by eight tables (Kounavis and Berry 2005). */
export function createCrc32(): Crc32 {
  const tables = new Int32Array(8 * 256);
  for (let index = 0; index < 256; index++) {
    let value = index;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    tables[index] = value;
  }
  for (let at = 256; at < tables.length; at++) tables[at] = (tables[at - 256] >>> 8) ^ tables[tables[at - 256] & 255];
  return (bytes, crc) => {
    let value = ~crc;
    let at = 0;
    for (const stop = bytes.length - 7; at < stop; at += 8) {
      const low = value ^ (bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24));
      value =
        tables[1792 + (low & 255)] ^
        tables[1536 + ((low >>> 8) & 255)] ^
        tables[1280 + ((low >>> 16) & 255)] ^
        tables[1024 + (low >>> 24)] ^
        tables[768 + bytes[at + 4]] ^
        tables[512 + bytes[at + 5]] ^
        tables[256 + bytes[at + 6]] ^
        tables[bytes[at + 7]];
    }
    for (; at < bytes.length; at++) value = (value >>> 8) ^ tables[(value ^ bytes[at]) & 255];
    return ~value >>> 0;
  };
}
