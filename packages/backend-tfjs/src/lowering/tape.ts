import type { Tf, TfTensor } from "../tensorflow.ts";

/**
 * Computes something that carries no gradient. The tape refuses to go through ops that have none (Greater) and lets a
 * gradient pass where there should be none (a cast to int32), so such ops run behind a custom gradient without inputs,
 * which ends every path.
 */
export const untaped = (tf: Tf, compute: () => TfTensor): TfTensor =>
  tf.customGrad(() => ({ value: compute(), gradFunc: () => [] }))();

/** `condition ? a : b` of one shape, flat beyond four axes: kernels of graphics processors know no more. */
export function where(tf: Tf, condition: TfTensor, [a, b]: readonly [TfTensor, TfTensor]): TfTensor {
  const { rank, shape } = a;
  if (rank <= 4) return tf.where(condition, a, b);
  const flat = (x: TfTensor): TfTensor => tf.reshape(x, [-1]);
  return tf.reshape(tf.where(flat(condition), flat(a), flat(b)), shape);
}

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
      return [where(tf, saved[0], [dY, zeros]), where(tf, saved[0], [zeros, dY])];
    };
    return { value: where(tf, condition, [x, y]), gradFunc: gradFunc as (dY: TfTensor) => TfTensor[] };
  });
  return chosen(a, b);
}
