import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatFloat32 } from "./format-float32.ts";

const SEED = 20261123;
const values = new Float32Array(1);
const valueBits = new Uint32Array(values.buffer);
const fromBits = (bits: number) => {
  valueBits[0] = bits;
  return values[0];
};
const significant = (text: string) =>
  text.replace(/^-/, "").replace(".", "").replace(/^0+/, "").replace(/0+$/, "").length;

describe("formatFloat32", () => {
  // numpy.format_float_positional(numpy.float32, unique=True, trim="-"), numpy 2.
  it.each([
    [0x00000001, "0.000000000000000000000000000000000000000000001"],
    [0x00000003, "0.000000000000000000000000000000000000000000004"],
    [0x007fffff, "0.000000000000000000000000000000000000011754942"],
    [0x00800000, "0.000000000000000000000000000000000000011754944"],
    [0x7f7fffff, "340282350000000000000000000000000000000"],
    [0x3f800000, "1"],
    [0x3dcccccd, "0.1"],
    [0x4b800000, "16777216"],
    [0x4b7fffff, "16777215"],
    [0x00000000, "0"],
    [0x80000000, "-0"],
    [0xc2f6e979, "-123.456"],
    [0x33800000, "0.000000059604645"],
    [0x2f800000, "0.00000000023283064"],
    [0x4e6e6b28, "1000000000"],
    [0x4e6e6b29, "1000000060"],
    [0x7879b2a0, "20257888000000000000000000000000000"],
    [0x4fb31db3, "6010136000"],
    [0x49bb7734, "1535718.5"],
    [0x1cb6c33e, "0.0000000000000000000012094219"],
    [0x26456d73, "0.00000000000000068496436"],
  ])("writes bits %i as %s", (bits, text) => {
    expect(formatFloat32(fromBits(bits))).toBe(text);
  });

  it("names what is not finite", () => {
    expect([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].map(formatFloat32)).toEqual([
      "nan",
      "inf",
      "-inf",
    ]);
  });

  const ofAnyBits = fc.integer({ min: 0, max: 0x7f7fffff }).map(fromBits);
  const ordinary = fc.integer({ min: -40_000_000, max: 40_000_000 }).map((value) => Math.fround(value / 8_000_000));
  const powerOfTwo = fc.integer({ min: -149, max: 127 }).map((power) => 2 ** power);

  it("reads back to the same bits, without an exponent, and no shorter decimal does", () => {
    fc.assert(
      fc.property(fc.oneof(ofAnyBits, ordinary, powerOfTwo), (value) => {
        const text = formatFloat32(value);
        if (!/^-?\d+(\.\d*[1-9])?$/.test(text) || !Object.is(Math.fround(Number(text)), value)) return false;
        const count = significant(text);
        // A whole number has as many characters whatever its digits.
        if (count <= 1 || !text.includes(".")) return true;
        const [mantissa, exponent] = Math.abs(value)
          .toExponential(count - 2)
          .split("e") as [string, string];
        const lower = BigInt(mantissa.replace(".", ""));
        return [lower - 1n, lower, lower + 1n].every(
          (digits) => Math.fround(Number(`${digits}e${Number(exponent) - count + 2}`)) !== Math.abs(value),
        );
      }),
      { seed: SEED, numRuns: 50_000 },
    );
  });
});
