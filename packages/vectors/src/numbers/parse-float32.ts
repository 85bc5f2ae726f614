/** Powers of ten that a double holds exactly. */
const EXACT_POWERS = Float64Array.from({ length: 23 }, (_, power) => Number(`1e${power}`));
const MAX_EXACT_POWER = 22;

/**
 * Parses exactly `count` numbers that stand in `bytes[start..end)`, one 0x20 between them, into `row`.
 * Each result is `Math.fround(Number(text))`, to the bit. Also reads nan, inf and infinity in any case, with a sign.
 * `bytes[end]` must exist and be no part of a number (a newline, say): the inner loop has no bounds check.
 * Returns false, with `row` partly written, where the text is anything else.
 * @remarks Up to 9 digits and 22 decimals are one exact integer divided by one exact power of ten, hence one rounding
 * (Clinger, "How to read floating point numbers accurately", 1990).
 */
export function parseRow(bytes: Uint8Array, start: number, end: number, row: Float32Array, count: number): boolean {
  let at = start;
  for (let index = 0; index < count; index++) {
    const first = at;
    let byte = bytes[at];
    const negative = byte === 0x2d;
    if (negative) byte = bytes[++at];
    let mantissa = 0;
    let digits = 0;
    let decimals = 0;
    while (byte >= 0x30 && byte <= 0x39 && mantissa < 200_000_000) {
      mantissa = (mantissa * 10 + byte - 0x30) | 0;
      digits++;
      byte = bytes[++at];
    }
    if (byte === 0x2e) {
      byte = bytes[++at];
      while (byte >= 0x30 && byte <= 0x39 && mantissa < 200_000_000) {
        mantissa = (mantissa * 10 + byte - 0x30) | 0;
        decimals++;
        byte = bytes[++at];
      }
    }
    if (at < end ? byte === 0x20 : at === end) {
      if (digits + decimals > 0 && decimals <= MAX_EXACT_POWER) {
        const value = mantissa / EXACT_POWERS[decimals];
        row[index] = negative ? -value : value;
        at++;
        continue;
      }
    }
    while (at < end && bytes[at] !== 0x20) at++;
    if (at > end) return false;
    const value = parseFloat32(bytes, first, at);
    if (value === undefined) return false;
    row[index] = value;
    at++;
  }
  return at === end + 1;
}

/** Parses the one number that fills `bytes[start..end)`, as `parseRow` does; undefined where it is not one. */
export function parseFloat32(bytes: Uint8Array, start: number, end: number): number | undefined {
  const sign = bytes[start] === 0x2d ? -1 : 1;
  let at = start < end && (bytes[start] === 0x2d || bytes[start] === 0x2b) ? start + 1 : start;
  const body = at;
  let mantissa = 0;
  let significant = 0;
  let digits = 0;
  let power = 0;
  let seenPoint = false;
  for (; at < end; at++) {
    const byte = bytes[at];
    if (byte === 0x2e && !seenPoint) {
      seenPoint = true;
      continue;
    }
    const digit = byte - 0x30;
    if (digit < 0 || digit > 9) break;
    digits++;
    if (significant < 19) {
      mantissa = mantissa * 10 + digit;
      if (mantissa > 0) significant++;
      if (seenPoint) power--;
    } else if (!seenPoint) power++;
  }
  if (digits === 0) return parseName(bytes, body, end, sign);
  if (at < end) {
    const exponent = parseExponent(bytes, at, end);
    if (exponent === undefined) return undefined;
    power += exponent;
  }
  return sign * scaleToFloat32(mantissa, significant, power, () => Number(ascii(bytes, body, end)));
}

/** fround of mantissa × 10^power; `exact` is asked where double arithmetic cannot settle the last bit. */
function scaleToFloat32(mantissa: number, significant: number, power: number, exact: () => number): number {
  if (mantissa === 0) return 0;
  const isExact = significant <= 15;
  if (isExact && power <= 0 && power >= -MAX_EXACT_POWER) return Math.fround(mantissa / EXACT_POWERS[-power]);
  if (isExact && power > 0 && power <= MAX_EXACT_POWER) return Math.fround(mantissa * EXACT_POWERS[power]);
  if (power > 40 || power < -80) return Math.fround(exact());
  // Off by a few units in the 53rd bit at most: if both ends of that range round to one float32, it is the answer.
  const near = power >= 0 ? mantissa * 10 ** power : mantissa / 10 ** -power;
  const low = Math.fround(near * (1 - 2 ** -47));
  return low === Math.fround(near * (1 + 2 ** -47)) ? low : Math.fround(exact());
}

function parseExponent(bytes: Uint8Array, start: number, end: number): number | undefined {
  if ((bytes[start] | 0x20) !== 0x65) return undefined;
  const signed = start + 1 < end && (bytes[start + 1] === 0x2d || bytes[start + 1] === 0x2b);
  let exponent = 0;
  const first = start + (signed ? 2 : 1);
  if (first >= end) return undefined;
  for (let at = first; at < end; at++) {
    const digit = bytes[at] - 0x30;
    if (digit < 0 || digit > 9) return undefined;
    // Beyond this the result is 0 or infinity whatever follows.
    if (exponent < 100_000) exponent = exponent * 10 + digit;
  }
  return signed && bytes[start + 1] === 0x2d ? -exponent : exponent;
}

function parseName(bytes: Uint8Array, start: number, end: number, sign: number): number | undefined {
  if (end - start !== 3 && end - start !== 8) return undefined;
  const name = ascii(bytes, start, end).toLowerCase();
  if (name === "nan") return Number.NaN;
  return name === "inf" || name === "infinity" ? sign * Number.POSITIVE_INFINITY : undefined;
}

function ascii(bytes: Uint8Array, start: number, end: number): string {
  let text = "";
  for (let at = start; at < end; at++) text += String.fromCharCode(bytes[at]);
  return text;
}
