import type { Tf, TfTensor } from "../tensorflow.ts";
import { untaped, where } from "./tape.ts";

/**
 * Coefficients of erf x / x in powers of x²: 2/√π · (−1)ⁿ / (n! (2n + 1)) (NIST Digital Library of Mathematical
 * Functions, 7.6.1). Below ½ the first term left out is less than 1e-9 of the sum.
 */
const series = [1, -1 / 3, 1 / 10, -1 / 42, 1 / 216, -1 / 1320, 1 / 9360].map((c) => (2 * c) / Math.sqrt(Math.PI));

/** Where the series takes over from the kernel. */
const limit = 0.5;

/**
 * erf to float32 precision. Only the TensorFlow library has such a kernel; the others of TensorFlow.js use a formula
 * whose *absolute* error is 1.5e-7 (Abramowitz and Stegun, 7.1.26), nothing to rely on near 0. There a correction is
 * added. It is not on the tape: the gradient is that of the kernel, 2/√π · e^(−x²), which is exact.
 */
export function preciseErf(tf: Tf, device: string, x: TfTensor): TfTensor {
  const y = tf.erf(x);
  if (device === "tensorflow") return y;
  const correction = untaped(tf, () => {
    const square = tf.square(x);
    let sum: TfTensor = tf.fill(x.shape, series.at(-1)!);
    for (let n = series.length - 2; n >= 0; n--) sum = tf.add(tf.mul(sum, square), series[n]);
    const isSmall = tf.less(tf.abs(x), limit);
    return where(tf, isSmall, [tf.sub(tf.mul(x, sum), y), tf.zerosLike(x)]);
  });
  return tf.add(y, correction);
}
