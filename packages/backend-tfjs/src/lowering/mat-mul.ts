import { sizeOf } from "@thawline/core";
import type { Tf, TfTensor } from "../tensorflow.ts";
import type { Lowerings } from "./lowering.ts";

const toEven = (extent: number): number => extent + (extent % 2);

/** `x` [batch, rows, columns] with zeros up to even extents. */
function padToEven(tf: Tf, x: TfTensor): TfTensor {
  const [, rows, columns] = x.shape;
  if (rows % 2 === 0 && columns % 2 === 0) return x;
  return tf.pad(x, [
    [0, 0],
    [0, rows % 2],
    [0, columns % 2],
  ]);
}

/**
 * The product. Leading extents are equal by the op's rule: the tape's gradient knows no other case (tensorflow/tfjs#8721).
 *
 * webgl keeps matrices in blocks of 2 × 2 and sums over whole blocks. Beyond an odd extent a block holds whatever the
 * operand's own kernel left there (e⁰ = 1), which a product over an odd extent then adds: with an odd batch, gradients of
 * weights were wrong by a tenth. So all extents are made even, which holds for the tape's products too.
 */
export const matMulLowerings: Lowerings<"MatMul"> = {
  MatMul: ({ tf, device, inputs, output: { shape } }) => {
    const [rows, inner] = inputs[0].shape.slice(-2);
    const columns = shape.at(-1)!;
    const isEven = [rows, inner, columns].every((extent) => extent % 2 === 0);
    if (device !== "webgl" || isEven) return (a, b) => tf.matMul(a, b);
    const batch = sizeOf(shape.slice(0, -2));
    return (a, b) => {
      const left = padToEven(tf, tf.reshape(a, [batch, rows, inner]));
      const right = padToEven(tf, tf.reshape(b, [batch, inner, columns]));
      const product = tf.matMul(left, right);
      const isExact = toEven(rows) === rows && toEven(columns) === columns;
      return tf.reshape(isExact ? product : tf.slice(product, [0, 0, 0], [batch, rows, columns]), [...shape]);
    };
  },
};
