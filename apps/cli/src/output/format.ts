/** 0.8312 → "83.1 %". */
export const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

/** 12345 → "12,345". */
export const grouped = (count: number): string => Math.round(count).toLocaleString("en-US");

/** A learning rate, short: 0.01, 0.0025, 3e-5; "frozen" for 0. */
export const rate = (value: number | undefined): string =>
  value === undefined || value === 0 ? "frozen" : String(Number(value.toPrecision(3)));

/** Seconds with one decimal. */
export const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`;

/** "1 row", "2 rows". */
export const counted = (count: number, noun: string): string => `${grouped(count)} ${noun}${count === 1 ? "" : "s"}`;
