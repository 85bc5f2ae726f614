import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseFloat32, parseRow } from "./parse-float32.ts";

const SEED = 20261123;
const encode = (text: string) => new TextEncoder().encode(text);
const digits = (max: number) => fc.stringMatching(new RegExp(`^[0-9]{1,${max}}$`));

/** Decimals of every shape that a writer makes: short, long, with leading zeros, with exponents. */
const decimal = fc
  .tuple(
    fc.constantFrom("", "-", "+"),
    fc.oneof(digits(3), digits(12), digits(30)),
    fc.option(
      fc.oneof(
        digits(6),
        digits(10),
        digits(40),
        digits(9).map((text) => `00000000000000000000000${text}`),
      ),
      { nil: undefined },
    ),
    fc.option(fc.integer({ min: -60, max: 45 }), { nil: undefined }),
  )
  .map(
    ([sign, whole, fraction, exponent]) =>
      `${sign}${whole}${fraction === undefined ? "" : `.${fraction}`}${exponent === undefined ? "" : `e${exponent}`}`,
  );

describe("parseFloat32", () => {
  it("equals Math.fround(Number(text)) on 100,000 random decimals", () => {
    fc.assert(
      fc.property(decimal, (text) => {
        const bytes = encode(text);
        return Object.is(parseFloat32(bytes, 0, bytes.length), Math.fround(Number(text)));
      }),
      { seed: SEED, numRuns: 100_000 },
    );
  });

  it("equals Math.fround(Number(text)) at the midpoints between floats and one digit beside them", () => {
    const pair = new Float32Array(2);
    const bits = new Uint32Array(pair.buffer);
    fc.assert(
      fc.property(
        fc.integer({ min: 0x20000000, max: 0x5f000000 }),
        fc.constantFrom("", "1", "0001", "00000000000000000001"),
        (low, tail) => {
          bits[0] = low;
          bits[1] = low + 1;
          const text = `${((pair[0] + pair[1]) / 2).toPrecision(40).replace(/e.*/, "")}${tail}`;
          const bytes = encode(text);
          return Object.is(parseFloat32(bytes, 0, bytes.length), Math.fround(Number(text)));
        },
      ),
      { seed: SEED, numRuns: 20_000 },
    );
  });

  it.each([
    ["nan", Number.NaN],
    ["-NaN", Number.NaN],
    ["inf", Number.POSITIVE_INFINITY],
    ["-Infinity", Number.NEGATIVE_INFINITY],
    ["1e39", Number.POSITIVE_INFINITY],
    ["-1e-60", -0],
    ["5.", 5],
    [".5", 0.5],
    ["1e99999999999", Number.POSITIVE_INFINITY],
  ])("reads %s", (text, expected) => {
    const bytes = encode(text);
    expect(parseFloat32(bytes, 0, bytes.length)).toBe(expected);
  });

  it.each(["", "-", ".", "1e", "1e+", "e5", "0x10", "1_0", "1,5", "1.2.3", "--1", "na", "infinite", "1 ", "١"])(
    "refuses %j",
    (text) => {
      const bytes = encode(text);
      expect(parseFloat32(bytes, 0, bytes.length)).toBeUndefined();
    },
  );
});

describe("parseRow", () => {
  it("equals Math.fround(Number(text)) for each field of random rows", () => {
    fc.assert(
      fc.property(fc.array(decimal, { minLength: 1, maxLength: 8 }), (fields) => {
        const line = fields.join(" ");
        const row = new Float32Array(fields.length);
        // Digits behind the end must not be taken for the row's.
        if (!parseRow(encode(`${line}\n12 34`), 0, line.length, row, fields.length)) return false;
        return fields.every((field, index) => Object.is(row[index], Math.fround(Number(field))));
      }),
      { seed: SEED, numRuns: 20_000 },
    );
  });

  it.each([
    ["1 2", 3],
    ["1 2 3 4", 3],
    ["1  2 3", 3],
    ["1 x 3", 3],
    ["", 1],
    ["1 2 ", 2],
    ["1\t2 3", 2],
  ])("refuses %j as %i numbers", (line, count) => {
    expect(parseRow(encode(`${line}\n5 6 7`), 0, line.length, new Float32Array(count), count)).toBe(false);
  });
});
