import type { NumberArray } from "./arrays.ts";

/** A shape seen along one axis: element (o, i, n) is at (o · extent + i) · inner + n. */
export interface AxisView {
  readonly outer: number;
  readonly extent: number;
  readonly inner: number;
}

/** Position of the first maximum of the line that starts at `start`; the first NaN counts as the maximum. */
function firstMaximum(x: NumberArray, start: number, { extent, inner }: AxisView): number {
  let best = start;
  let maximum = x[start];
  for (let i = 1, p = start + inner; i < extent; i++, p += inner) {
    if (Number.isNaN(maximum)) break;
    if (x[p] > maximum || Number.isNaN(x[p])) {
      maximum = x[p];
      best = p;
    }
  }
  return best;
}

/** Maximum of each line along the axis. */
export function reduceMax(x: NumberArray, out: NumberArray, view: AxisView): void {
  for (let o = 0, to = 0; o < view.outer; o++) {
    for (let n = 0; n < view.inner; n++) {
      out[to++] = x[firstMaximum(x, o * view.extent * view.inner + n, view)];
    }
  }
}

/** Index of the first maximum of each line along the axis. */
export function argMax(x: NumberArray, out: NumberArray, view: AxisView): void {
  for (let o = 0, to = 0; o < view.outer; o++) {
    for (let n = 0; n < view.inner; n++) {
      const start = o * view.extent * view.inner + n;
      out[to++] = (firstMaximum(x, start, view) - start) / view.inner;
    }
  }
}

/** Softmax of each line along the axis, shifted by its maximum so that nothing overflows. */
export function softmax(x: NumberArray, out: NumberArray, view: AxisView): void {
  const { outer, extent, inner } = view;
  for (let o = 0; o < outer; o++) {
    for (let n = 0; n < inner; n++) {
      const start = o * extent * inner + n;
      const end = start + extent * inner;
      const maximum = x[firstMaximum(x, start, view)];
      let sum = 0;
      for (let p = start; p < end; p += inner) {
        const e = Math.exp(x[p] - maximum);
        out[p] = e;
        sum += e;
      }
      for (let p = start; p < end; p += inner) out[p] /= sum;
    }
  }
}

/** Logarithm of the softmax of each line along the axis, shifted likewise. */
export function logSoftmax(x: NumberArray, out: NumberArray, view: AxisView): void {
  const { outer, extent, inner } = view;
  for (let o = 0; o < outer; o++) {
    for (let n = 0; n < inner; n++) {
      const start = o * extent * inner + n;
      const end = start + extent * inner;
      const maximum = x[firstMaximum(x, start, view)];
      let sum = 0;
      for (let p = start; p < end; p += inner) sum += Math.exp(x[p] - maximum);
      const logSum = Math.log(sum);
      for (let p = start; p < end; p += inner) out[p] = x[p] - maximum - logSum;
    }
  }
}
