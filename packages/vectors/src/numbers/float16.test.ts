import { describe, expect, it } from "vitest";
import { decodeFloat16, encodeFloat16, float16Table } from "./float16.ts";

describe("float16", () => {
  // numpy.float16(numpy.float32(x)).view(numpy.uint16)
  it.each([
    [0.1, 0x2e66],
    [65504, 0x7bff],
    [Math.fround(65519.99), 0x7bff],
    [65520, 0x7c00],
    [1e-8, 0x0],
    [2 ** -25, 0x0],
    [5.96e-8, 0x1],
    [0.333333, 0x3555],
    [-1.0009765625, 0xbc01],
    [1.00048828125, 0x3c00],
    [1.00146484375, 0x3c02],
    [6.1e-5, 0x3ff],
    [-0, 0x8000],
    [Number.NEGATIVE_INFINITY, 0xfc00],
  ])("encodes %f as %i", (value, bits) => {
    expect(encodeFloat16(Math.fround(value))).toBe(bits);
  });

  it("encodes every value that it decodes back to its bits", () => {
    for (let bits = 0; bits < 1 << 16; bits++) {
      const value = decodeFloat16(bits);
      if (!Number.isNaN(value) && encodeFloat16(value) !== bits)
        expect.fail(`bits ${bits} gave ${encodeFloat16(value)}`);
    }
  });

  it("rounds everything between two neighbours to the nearer, the middle to the even one", () => {
    for (let bits = 0; bits < 0x7bff; bits++) {
      const low = decodeFloat16(bits);
      const high = decodeFloat16(bits + 1);
      const middle = (low + high) / 2;
      const near = (high - low) / 1024;
      const seen = [encodeFloat16(middle - near), encodeFloat16(middle), encodeFloat16(middle + near)];
      const expected = [bits, bits % 2 === 0 ? bits : bits + 1, bits + 1];
      if (seen.some((value, index) => value !== expected[index])) expect.fail(`between ${low} and ${high}: ${seen}`);
    }
  });

  it("decodes through the table what it decodes one by one", () => {
    const table = float16Table();
    for (const bits of [0, 1, 0x3ff, 0x400, 0x3c00, 0x7bff, 0x7c00, 0x8000, 0xfc00])
      expect(table[bits]).toBe(decodeFloat16(bits));
    expect(table[0x7e00]).toBeNaN();
  });
});
