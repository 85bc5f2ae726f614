import { createSha256 } from "@thawline/core";
import { encodeWord } from "../bytes/word-codec.ts";
import type { VectorTable } from "../read-vectors.ts";

/** A running hash of a table's rows. */
export interface TableHash {
  /** `word` as bytes, `values` [D]; both borrowed. */
  add(word: Uint8Array, values: Float32Array): void;
  digest(): string;
}

/**
 * Hashes rows in order, words and bits: SHA-256 of the dimension, then for each row the word's length, its bytes and its
 * float32 values, all little-endian. It is the same whatever file format the table came in.
 */
export function createTableHash(dimension: number): TableHash {
  const hash = createSha256();
  const number = new Uint8Array(4);
  const view = new DataView(number.buffer);
  const putNumber = (value: number): void => {
    view.setUint32(0, value, true);
    hash.update(number);
  };
  putNumber(dimension);
  return {
    add(word, values) {
      putNumber(word.length);
      hash.update(word);
      hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    },
    digest: () => hash.digest(),
  };
}

/** The hash of a whole table. */
export function hashTable({ words, data, dimension }: VectorTable): string {
  const hash = createTableHash(dimension);
  for (let row = 0; row < words.length; row++)
    hash.add(encodeWord(words[row]), data.subarray(row * dimension, (row + 1) * dimension));
  return hash.digest();
}
