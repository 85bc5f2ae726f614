import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { firstInvalidUtf8 } from "./invalid-utf8.ts";

describe("firstInvalidUtf8", () => {
  it("agrees with the platform's fatal decoder on any bytes", () => {
    const byte = fc.oneof(
      fc.integer({ min: 0, max: 255 }),
      fc.constantFrom(0xc2, 0xe0, 0xed, 0xf0, 0xf4, 0x80, 0xa0, 0x9f, 0xbf),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 6 }), fc.array(byte, { maxLength: 8 }), (head, tail) => {
        const bytes = Uint8Array.from([...head, ...tail]);
        const decoder = new TextDecoder("utf-8", { fatal: true });
        const isValid = (part: Uint8Array): boolean => {
          try {
            decoder.decode(part);
            return true;
          } catch {
            return false;
          }
        };
        const at = firstInvalidUtf8(bytes);
        expect(at === -1).toBe(isValid(bytes));
        if (at !== -1) expect(isValid(bytes.subarray(0, at))).toBe(true);
      }),
      { seed: 20261123, numRuns: 3000 },
    );
  });

  it.each([
    ["overlong", [0x61, 0xc0, 0x80], 1],
    ["surrogate", [0xed, 0xa0, 0x80], 0],
    ["too large", [0xc3, 0xa9, 0xf4, 0x90, 0x80, 0x80], 2],
    ["cut off", [0x61, 0xe2, 0x82], 1],
    ["valid", [0xf0, 0x9f, 0x98, 0x80], -1],
  ])("finds %s", (_, bytes, at) => expect(firstInvalidUtf8(Uint8Array.from(bytes))).toBe(at));
});
