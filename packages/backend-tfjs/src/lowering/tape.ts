import type { Tf, TfTensor } from "../tensorflow.ts";

/**
 * Computes something that carries no gradient. The tape refuses to go through ops that have none (Greater) and lets a
 * gradient pass where there should be none (a cast to int32), so such ops run behind a custom gradient without inputs,
 * which ends every path.
 */
export const untaped = (tf: Tf, compute: () => TfTensor): TfTensor =>
  tf.customGrad(() => ({ value: compute(), gradFunc: () => [] }))();

/**
 * `condition ? a : b`, all of one shape. TensorFlow.js's own gradient multiplies with 0 and 1, so that an infinite
 * gradient on the side not taken becomes NaN; here it is selected, as PyTorch does.
 */
export function select(tf: Tf, condition: TfTensor, [a, b]: readonly [TfTensor, TfTensor]): TfTensor {
  const chosen = tf.customGrad((...args: unknown[]) => {
    const [x, y, save] = args as [TfTensor, TfTensor, (tensors: TfTensor[]) => void];
    save([condition]);
    const gradFunc = (dY: TfTensor, saved: TfTensor[]): TfTensor[] => {
      const zeros = tf.zerosLike(dY);
      return [tf.where(saved[0], dY, zeros), tf.where(saved[0], zeros, dY)];
    };
    return { value: tf.where(condition, x, y), gradFunc: gradFunc as (dY: TfTensor) => TfTensor[] };
  });
  return chosen(a, b);
}
