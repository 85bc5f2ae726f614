import fc from "fast-check";
import { expect, it } from "vitest";
import { openByteWindow } from "../bytes/byte-window.ts";
import { createFieldReader } from "../bytes/field-reader.ts";
import { readWordVectors } from "./word-vectors.ts";

async function* chunksOf(bytes: Uint8Array) {
  for (let at = 0; at < bytes.length; at += 37) yield bytes.subarray(at, at + 37);
}

it("a large matrix summed as its rows pass gives the ordered sums to a few units in the last place", async () => {
  const words = fc.array(fc.array(fc.nat(29), { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(words, fc.integer({ min: 1, max: 9 }), async (rowsOfWords, dimension) => {
      const data = Float32Array.from({ length: 30 * dimension }, (_, at) => Math.sin(at + 1));
      const offsets = new Int32Array(rowsOfWords.length + 1);
      for (const [index, rows] of rowsOfWords.entries()) offsets[index + 1] = offsets[index] + rows.length;
      const plan = { offsets, rows: Int32Array.from(rowsOfWords.flat()) };
      const read = (heldBytes: number) => {
        const window = openByteWindow(chunksOf(new Uint8Array(data.buffer)));
        const source = {
          window,
          fields: createFieldReader(window, { file: undefined, size: undefined }),
          file: undefined,
        };
        const matrix = { rows: 30, dimension, isQuantized: false, hasNorms: false, offset: 0 };
        return readWordVectors(source, matrix, plan, { drain: async () => {}, heldBytes });
      };
      const [ordered, passing] = [await read(1 << 30), await read(-(1 << 30))];
      for (const [index, rows] of rowsOfWords.entries()) {
        const [expected, found] = [ordered(index), passing(index)];
        for (let at = 0; at < dimension; at++) {
          const mean = rows.reduce((sum, row) => sum + data[row * dimension + at], 0) / rows.length;
          expect(Math.abs(expected[at] - mean)).toBeLessThan(1e-6);
          expect(Math.abs(found[at] - mean)).toBeLessThan(1e-6);
        }
      }
    }),
    { seed: 20_261_123, numRuns: 200 },
  );
});
