import type { Allocate, FloatPrecision } from "../embedding/allocate.ts";
import type { FloatArray } from "../tensor.ts";
import type { Random } from "../util/random.ts";
import { fillDropout } from "./fill-dropout.ts";

/** Embedding dropout of one embedding input. */
export interface EmbeddingDropout {
  /** Draws a mask `[B, D]` and applies it to the looked-up vectors in place; without a generator it does nothing. */
  forward(vectors: FloatArray, examples: number, random: Random | undefined): void;
  /** Applies the mask of the last `forward` to the vectors' gradient in place. */
  backward(gradient: FloatArray): void;
}

/**
 * Drops whole components of an example's vectors, at all its positions alike, with probability `rate`, and scales what stays by
 * 1 / (1 − rate). Pooled or by position, an example has one mask: the mean of masked vectors is the masked mean.
 * @remarks Gal and Ghahramani 2016, "A theoretically grounded application of dropout in recurrent neural networks", the
 * variational input mask; Keras calls it SpatialDropout1D. AWD-LSTM's embedding dropout is another one: it drops words.
 */
export function createEmbeddingDropout(
  rate: number,
  {
    dimension,
    precision,
    allocate,
  }: { readonly dimension: number; readonly precision: FloatPrecision; readonly allocate: Allocate },
): EmbeddingDropout {
  let mask = allocate(precision, 0);
  let isOn = false;
  const apply = (vectors: FloatArray): void => {
    const positions = vectors.length / mask.length;
    for (let example = 0, i = 0; example < mask.length; example += dimension) {
      for (let l = 0; l < positions; l++) {
        for (let d = 0; d < dimension; d++, i++) vectors[i]! *= mask[example + d]!;
      }
    }
  };
  return {
    forward(vectors, examples, random) {
      isOn = rate > 0 && random !== undefined;
      if (!isOn) return;
      if (mask.length !== examples * dimension) mask = allocate(precision, examples * dimension);
      fillDropout(mask, rate, random);
      apply(vectors);
    },
    backward(gradient) {
      if (isOn) apply(gradient);
    },
  };
}
