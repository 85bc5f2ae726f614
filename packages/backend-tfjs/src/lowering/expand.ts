import { sameShape } from "@thawline/core";
import type { TfTensor } from "../tensorflow.ts";
import type { Site } from "./lowering.ts";

/**
 * Broadcasts to exactly `shape`. Not by `broadcastTo`: its gradient is that of Tile, one slice and one addition for each
 * repetition, and for few ranks only. Adding zeros has the gradient we want, a sum.
 */
export function expand({ tf, constant }: Pick<Site<never>, "tf" | "constant">, x: TfTensor, shape: readonly number[]) {
  if (sameShape(x.shape, shape)) return tf.clone(x);
  const dtype = x.dtype === "bool" ? "bool" : "float32";
  const zeros = constant(`zeros ${dtype} ${shape}`, () => tf.zeros([...shape], dtype));
  return dtype === "bool" ? tf.logicalOr(x, zeros) : tf.add(x, zeros);
}
