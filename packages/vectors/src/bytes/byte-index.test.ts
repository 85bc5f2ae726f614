import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createByteIndex } from "./byte-index.ts";

describe("createByteIndex", () => {
  it("numbers byte strings as a Map would", () => {
    const key = fc.uint8Array({ maxLength: 3, max: 4 });
    fc.assert(
      fc.property(fc.array(key, { maxLength: 200 }), (keys) => {
        const index = createByteIndex();
        const model = new Map<string, number>();
        for (const bytes of keys) {
          const padded = Uint8Array.of(9, ...bytes, 9);
          const name = bytes.join();
          if (index.find(padded, 1, padded.length - 1) !== (model.get(name) ?? -1)) return false;
          if (!model.has(name)) model.set(name, index.add(padded, 1, padded.length - 1));
        }
        return index.size === model.size;
      }),
      { seed: 20261123, numRuns: 500 },
    );
  });

  it("keeps all strings while it grows", () => {
    const index = createByteIndex();
    const encode = (value: number) => new TextEncoder().encode(`w${value}`);
    for (let value = 0; value < 50_000; value++) index.add(encode(value), 0, encode(value).length);
    for (let value = 0; value < 50_000; value += 97)
      expect(index.find(encode(value), 0, encode(value).length)).toBe(value);
    expect(index.find(encode(50_000), 0, 6)).toBe(-1);
    const { bytes, offsets } = index.content();
    expect(new TextDecoder().decode(bytes.subarray(offsets[49_999], offsets[50_000]))).toBe("w49999");
  });
});
