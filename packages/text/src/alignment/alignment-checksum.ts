import { createSha256 } from "@thawline/core";

const chunkBytes = 8192;

/**
 * Returns a checksum over which word has which row: 64 lower-case hexadecimal digits. Two lists have the same one only
 * if each row has the same word, so a swap, a shift or another vocabulary changes it. Carry it from vocabulary to trainer
 * to export, and check it at each end with `verifyAlignment`.
 * @remarks SHA-256 (FIPS 180-4) of, for each row in order, the word's length in UTF-16 code units as uint32 and those
 * units as uint16, little-endian. Lengths keep ["ab"] and ["a", "b"] apart; code units keep any string as it is.
 * @example
 * alignmentChecksum(["", "cat"]) === alignmentChecksum(["cat", ""]) // false
 */
export function alignmentChecksum(words: readonly string[]): string {
  const hash = createSha256();
  const chunk = new Uint8Array(chunkBytes);
  let end = 0;
  const put = (value: number): void => {
    if (end === chunkBytes) {
      hash.update(chunk);
      end = 0;
    }
    chunk[end++] = value & 0xff;
    chunk[end++] = (value >>> 8) & 0xff;
  };
  for (const word of words) {
    put(word.length);
    put(word.length >>> 16);
    for (let i = 0; i < word.length; i++) put(word.charCodeAt(i));
  }
  hash.update(chunk, end);
  return hash.digest();
}
