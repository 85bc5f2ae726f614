import type { StridedWalk } from "../plan/strided.ts";
import type { NumberArray } from "./arrays.ts";

/** Copies in the order of a walk whose operands are the source and the destination. */
export function copyStrided(
  source: NumberArray,
  destination: NumberArray,
  { outer, inner, offsets, steps }: StridedWalk,
): void {
  const [from, to] = offsets;
  const [fromStep, toStep] = steps;
  for (let o = 0; o < outer; o++) {
    let p = from[o];
    let q = to[o];
    for (let n = 0; n < inner; n++) {
      destination[q] = source[p];
      p += fromStep;
      q += toStep;
    }
  }
}

/**
 * Sums for each kept position the elements at all reduced ones. `kept` is a walk over the kept axes, `reduced` over the
 * summed ones, both of the input. Sums in row-major order, in double, rounded once.
 */
export function reduceSum(x: NumberArray, out: NumberArray, walks: { kept: StridedWalk; reduced: StridedWalk }): void {
  const { kept, reduced } = walks;
  const keptOffsets = kept.offsets[0];
  const keptStep = kept.steps[0];
  const reducedOffsets = reduced.offsets[0];
  const reducedStep = reduced.steps[0];
  let to = 0;
  for (let o = 0; o < kept.outer; o++) {
    for (let n = 0; n < kept.inner; n++) {
      const start = keptOffsets[o] + n * keptStep;
      let sum = 0;
      for (let r = 0; r < reduced.outer; r++) {
        let p = start + reducedOffsets[r];
        for (let i = 0; i < reduced.inner; i++) {
          sum += x[p];
          p += reducedStep;
        }
      }
      out[to++] = sum;
    }
  }
}
