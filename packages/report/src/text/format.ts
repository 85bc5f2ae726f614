const minus = "−";

/** 0.8312 → "83.1 %". */
export const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

/** 0.8 → "80 %", 0.815 → "81.5 %": for axes. */
export const shortPercent = (share: number): string => `${Number((share * 100).toFixed(1))} %`;

/** A difference of two shares: 0.063 → "+6.3 points". */
export const points = (difference: number): string =>
  `${difference < 0 ? minus : "+"}${Math.abs(difference * 100).toFixed(1)} points`;

/** A difference without its unit: −0.004 → "−0.4". */
export const signedPoints = (difference: number): string =>
  `${difference < 0 ? minus : "+"}${Math.abs(difference * 100).toFixed(1)}`;

/** 12345 → "12,345". */
export const grouped = (count: number): string => Math.round(count).toLocaleString("en-US");

/** "1 row", "2 rows". */
export const counted = (count: number, noun: string): string => `${grouped(count)} ${noun}${count === 1 ? "" : "s"}`;

/** Two significant digits, never with an exponent: 0.04291 → "0.043", 0.0000519 → "0.000052", 0 → "0". */
export function distance(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (value === 0) return "0";
  const digits = Math.max(0, 1 - Math.floor(Math.log10(Math.abs(value))));
  return Math.abs(value) < 1e-9 ? "below 0.000000001" : value.toFixed(Math.min(digits, 10));
}

/** Three significant digits: 0.01, 0.00333. */
export const rate = (value: number): string => String(Number(value.toPrecision(3)));

/** A p value: "0.032", or "below 0.001". */
export const pValue = (value: number): string => (value < 0.001 ? "below 0.001" : value.toFixed(3));

/** With a capital at its beginning and a full stop at its end. */
export const sentence = (text: string): string =>
  `${text.charAt(0).toUpperCase()}${text.slice(1)}`.replace(/[^.!?]$/, "$&.");
