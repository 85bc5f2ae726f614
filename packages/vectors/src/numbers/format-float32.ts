import type { ByteBuilder } from "../bytes/byte-builder.ts";

const POWERS = Float64Array.from({ length: 23 }, (_, power) => Number(`1e${power}`));
/** 45 decimals and 9 digits is the smallest float32; the largest has 39 digits before the point. */
const MAX_LENGTH = 64;

/**
 * Appends the shortest plain decimal (never an exponent) that reads back to the same float32 by
 * `Math.fround(Number(text))`. Minus zero is "-0"; NaN and infinities are "nan", "inf", "-inf".
 * `value` must be a float32.
 */
export function appendFloat32(into: ByteBuilder, value: number): void {
  into.reserve(MAX_LENGTH);
  if (value < 0 || (value === 0 && 1 / value < 0)) into.bytes[into.length++] = 0x2d;
  const size = Math.abs(value);
  // With k an integer and 10^p exact, k / 10^p is the double that the text k·10^-p reads as: no text is needed to try it.
  if (size < 1e9 && size >= 1e-12) {
    for (let decimals = firstDecimals(size); decimals <= 22; decimals++) {
      const power = POWERS[decimals];
      const digits = Math.round(size * power);
      if (digits > 999_999_999) break;
      // Below a power of two floats are twice as dense, so the nearest decimal may miss where the next one above hits.
      const hit =
        Math.fround(digits / power) === size ? digits : Math.fround((digits + 1) / power) === size ? digits + 1 : -1;
      if (hit < 0) continue;
      appendDecimal(into, hit, decimals);
      return;
    }
  }
  appendText(into, plainText(size));
}

/** `appendFloat32` as a string. */
export function formatFloat32(value: number): string {
  const into: ByteBuilder = {
    bytes: new Uint8Array(MAX_LENGTH),
    length: 0,
    reserve() {},
    append() {},
    take: () => into.bytes,
  };
  appendFloat32(into, value);
  return String.fromCharCode(...into.bytes.subarray(0, into.length));
}

/** Decimals with which the first significant digit is reached; one less where rounding up may make one suffice. */
function firstDecimals(size: number): number {
  let decimals = 0;
  while (size * POWERS[decimals] < 0.5) decimals++;
  return decimals;
}

function appendDecimal(into: ByteBuilder, digits: number, decimals: number): void {
  const bytes = into.bytes;
  let length = 1;
  for (let rest = digits; rest >= 10; rest = (rest / 10) | 0) length++;
  const start = into.length;
  const end = start + (decimals === 0 ? length : decimals < length ? length + 1 : decimals + 2);
  const point = decimals === 0 ? -1 : end - decimals - 1;
  let rest = digits | 0;
  for (let at = end - 1; at >= start; at--) {
    if (at === point) {
      bytes[at] = 0x2e;
      continue;
    }
    const quotient = (rest / 10) | 0;
    bytes[at] = 0x30 + rest - quotient * 10;
    rest = quotient;
  }
  into.length = end;
}

/** The slow way, for very large and very small numbers. */
function plainText(size: number): string {
  if (Number.isNaN(size)) return "nan";
  if (size === Number.POSITIVE_INFINITY) return "inf";
  if (size === 0) return "0";
  let precision = 1;
  while (Math.fround(Number(size.toPrecision(precision))) !== size) precision++;
  const [mantissa, exponent] = nextShorter(size, precision).toExponential().split("e") as [string, string];
  const digits = mantissa.replace(".", "");
  const point = Number(exponent) + 1;
  if (point <= 0) return `0.${"0".repeat(-point)}${digits}`;
  return point >= digits.length
    ? digits + "0".repeat(point - digits.length)
    : `${digits.slice(0, point)}.${digits.slice(point)}`;
}

/** At a power of two the decimal above the nearest one can hit with a digit less. */
function nextShorter(size: number, precision: number): number {
  if (precision > 1) {
    const nearest = size.toPrecision(precision - 1);
    const unit = 10 ** (Math.floor(Math.log10(size)) - precision + 2);
    const above = Number((Number(nearest) + unit).toPrecision(precision - 1));
    if (Math.fround(above) === size) return above;
  }
  return Number(size.toPrecision(precision));
}

function appendText(into: ByteBuilder, text: string): void {
  for (let at = 0; at < text.length; at++) into.bytes[into.length++] = text.charCodeAt(at);
}
