import type { StridedWalk } from "../plan/strided.ts";
import type { NumberArray } from "./arrays.ts";

/** A loop over two broadcast operands. */
export type BinaryLoop = (a: NumberArray, b: NumberArray, out: NumberArray, walk: StridedWalk) => void;

// One loop an op, written out: a shared loop that took the operation as a function would call it once an element.

export const add: BinaryLoop = (a, b, out, { outer, inner, offsets, steps }) => {
  const [aOffsets, bOffsets] = offsets;
  const [aStep, bStep] = steps;
  let to = 0;
  for (let o = 0; o < outer; o++) {
    let p = aOffsets[o];
    let q = bOffsets[o];
    for (let n = 0; n < inner; n++) {
      out[to++] = a[p] + b[q];
      p += aStep;
      q += bStep;
    }
  }
};

export const subtract: BinaryLoop = (a, b, out, { outer, inner, offsets, steps }) => {
  const [aOffsets, bOffsets] = offsets;
  const [aStep, bStep] = steps;
  let to = 0;
  for (let o = 0; o < outer; o++) {
    let p = aOffsets[o];
    let q = bOffsets[o];
    for (let n = 0; n < inner; n++) {
      out[to++] = a[p] - b[q];
      p += aStep;
      q += bStep;
    }
  }
};

export const multiplyElements: BinaryLoop = (a, b, out, { outer, inner, offsets, steps }) => {
  const [aOffsets, bOffsets] = offsets;
  const [aStep, bStep] = steps;
  let to = 0;
  for (let o = 0; o < outer; o++) {
    let p = aOffsets[o];
    let q = bOffsets[o];
    for (let n = 0; n < inner; n++) {
      out[to++] = a[p] * b[q];
      p += aStep;
      q += bStep;
    }
  }
};

export const divide: BinaryLoop = (a, b, out, { outer, inner, offsets, steps }) => {
  const [aOffsets, bOffsets] = offsets;
  const [aStep, bStep] = steps;
  let to = 0;
  for (let o = 0; o < outer; o++) {
    let p = aOffsets[o];
    let q = bOffsets[o];
    for (let n = 0; n < inner; n++) {
      out[to++] = a[p] / b[q];
      p += aStep;
      q += bStep;
    }
  }
};

export const equal: BinaryLoop = (a, b, out, { outer, inner, offsets, steps }) => {
  const [aOffsets, bOffsets] = offsets;
  const [aStep, bStep] = steps;
  let to = 0;
  for (let o = 0; o < outer; o++) {
    let p = aOffsets[o];
    let q = bOffsets[o];
    for (let n = 0; n < inner; n++) {
      out[to++] = a[p] === b[q] ? 1 : 0;
      p += aStep;
      q += bStep;
    }
  }
};

export const greater: BinaryLoop = (a, b, out, { outer, inner, offsets, steps }) => {
  const [aOffsets, bOffsets] = offsets;
  const [aStep, bStep] = steps;
  let to = 0;
  for (let o = 0; o < outer; o++) {
    let p = aOffsets[o];
    let q = bOffsets[o];
    for (let n = 0; n < inner; n++) {
      out[to++] = a[p] > b[q] ? 1 : 0;
      p += aStep;
      q += bStep;
    }
  }
};

/** condition ? a : b, all three broadcast; operands in the order condition, a, b. */
export function select(
  { condition, a, b }: { condition: NumberArray; a: NumberArray; b: NumberArray },
  out: NumberArray,
  { outer, inner, offsets, steps }: StridedWalk,
): void {
  const [cOffsets, aOffsets, bOffsets] = offsets;
  const [cStep, aStep, bStep] = steps;
  let to = 0;
  for (let o = 0; o < outer; o++) {
    let c = cOffsets[o];
    let p = aOffsets[o];
    let q = bOffsets[o];
    for (let n = 0; n < inner; n++) {
      out[to++] = condition[c] !== 0 ? a[p] : b[q];
      c += cStep;
      p += aStep;
      q += bStep;
    }
  }
}
