import { erf } from "../erf.ts";
import type { NumberArray } from "./arrays.ts";

/** A loop over one operand. */
export type UnaryLoop = (x: NumberArray, out: NumberArray) => void;

export const negate: UnaryLoop = (x, out) => {
  for (let i = 0; i < out.length; i++) out[i] = -x[i];
};

export const exp: UnaryLoop = (x, out) => {
  for (let i = 0; i < out.length; i++) out[i] = Math.exp(x[i]);
};

export const log: UnaryLoop = (x, out) => {
  for (let i = 0; i < out.length; i++) out[i] = Math.log(x[i]);
};

export const sqrt: UnaryLoop = (x, out) => {
  for (let i = 0; i < out.length; i++) out[i] = Math.sqrt(x[i]);
};

export const erfOf: UnaryLoop = (x, out) => {
  for (let i = 0; i < out.length; i++) out[i] = erf(x[i]);
};

export const tanh: UnaryLoop = (x, out) => {
  for (let i = 0; i < out.length; i++) out[i] = Math.tanh(x[i]);
};

export const sigmoid: UnaryLoop = (x, out) => {
  for (let i = 0; i < out.length; i++) {
    // With e^(−|x|), which cannot overflow.
    const shrunk = Math.exp(-Math.abs(x[i]));
    out[i] = (x[i] >= 0 ? 1 : shrunk) / (1 + shrunk);
  }
};

export const relu: UnaryLoop = (x, out) => {
  // Math.max keeps NaN, as the reference does.
  for (let i = 0; i < out.length; i++) out[i] = Math.max(x[i], 0);
};

/** To float or int32: typed arrays truncate towards zero, and round to float32, by themselves. */
export const convert: UnaryLoop = (x, out) => {
  for (let i = 0; i < out.length; i++) out[i] = x[i];
};

export const toBool: UnaryLoop = (x, out) => {
  for (let i = 0; i < out.length; i++) out[i] = x[i] !== 0 ? 1 : 0;
};
