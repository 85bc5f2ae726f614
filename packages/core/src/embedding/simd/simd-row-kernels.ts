import type { PullSpan } from "../../optim/pull-span.ts";
import type { Span, SpanKernel } from "../../optim/span-kernels.ts";
import type { FloatArray } from "../../tensor.ts";
import { createRowKernels, type RowKernels } from "../row-kernels.ts";

/** Functions of row-kernels.wat; addresses and counts are integers. */
export interface SimdExports {
  gather(rows: number, weights: number, count: number, destination: number, dimension: number): void;
  scatterAdd(dX: number, sums: number, weight: number, dimension: number): void;
  measure(values: number, origin: number, length: number, into: number): void;
  pull(values: number, origin: number, length: number, share: number): void;
  adam(
    values: number,
    first: number,
    second: number,
    gradient: number,
    length: number,
    scale: number,
    decay: number,
    shrink: number,
    beta1: number,
    rest1: number,
    beta2: number,
    rest2: number,
    epsilon: number,
    stepSize: number,
    rootScale: number,
  ): void;
}

/**
 * Kernels that run in SIMD where every array is in `buffer`, and in plain TypeScript, to the same bits, where one is not.
 * The first `capacity` · 12 bytes of the buffer are theirs.
 */
export function createSimdRowKernels(buffer: ArrayBuffer, simd: SimdExports, capacity: number): RowKernels {
  const plain = createRowKernels();
  const weightsAt = 0;
  const rowsAt = capacity * 8;
  const groupWeights = new Float64Array(buffer, weightsAt, capacity);
  const groupRows = new Int32Array(buffer, rowsAt, capacity);
  const isHere = (array: ArrayBufferView): boolean => array.buffer === buffer;

  // Looking up where an array lives costs as much as a row's update, and a step's rows are all in the same arrays.
  let known: Pick<Span, "values" | "first" | "second" | "gradient"> | undefined;
  let fits = false;
  let valuesAt = 0;
  let firstAt = 0;
  let secondAt = 0;
  let gradientsAt = 0;
  const locate = ({ values, first, second, gradient }: Span): void => {
    known = { values, first, second, gradient };
    fits =
      values instanceof Float32Array &&
      gradient instanceof Float64Array &&
      [values, first, second, gradient].every((array) => isHere(array));
    valuesAt = values.byteOffset;
    firstAt = first.byteOffset;
    secondAt = second.byteOffset;
    gradientsAt = gradient.byteOffset;
  };

  const adam: SpanKernel = (span, c) => {
    const isKnown =
      known !== undefined &&
      known.values === span.values &&
      known.first === span.first &&
      known.second === span.second &&
      known.gradient === span.gradient;
    if (!isKnown) locate(span);
    if (!fits || span.gradientAt < 0) {
      plain.spans.adam(span, c);
      return;
    }
    const offset = span.at * 4;
    simd.adam(
      valuesAt + offset,
      firstAt + offset,
      secondAt + offset,
      gradientsAt + span.gradientAt * 8,
      span.length,
      c.gradientScale,
      c.coupledDecay,
      c.shrink,
      c.beta1,
      1 - c.beta1,
      c.beta2,
      1 - c.beta2,
      c.epsilon,
      c.stepSize,
      c.rootScale,
    );
  };

  let pulled: FloatArray | undefined;
  let origins: FloatArray | undefined;
  let pullFits = false;
  const fitsPull = ({ values, origin }: PullSpan): boolean => {
    if (values !== pulled || origin !== origins) {
      pulled = values;
      origins = origin;
      pullFits = [values, origin].every((array) => array instanceof Float32Array && isHere(array));
    }
    return pullFits;
  };
  const pull = (span: PullSpan): void => {
    if (!fitsPull(span)) {
      plain.pull(span);
      return;
    }
    const { values, origin } = span;
    simd.pull(values.byteOffset + span.at * 4, origin.byteOffset + span.originAt * 4, span.length, span.share);
  };

  const measure = (span: PullSpan, into: Float64Array): void => {
    if (!fitsPull(span) || !isHere(into)) {
      plain.measure(span, into);
      return;
    }
    const { values, origin } = span;
    simd.measure(values.byteOffset + span.at * 4, origin.byteOffset + span.originAt * 4, span.length, into.byteOffset);
  };

  return {
    pull,
    measure,
    spans: { ...plain.spans, adam },
    gather(table, entries, into) {
      const { overlay, dimension } = table;
      const { groups, offsets, index, weights } = entries;
      if (!isHere(overlay) || !isHere(into) || overlay instanceof Float64Array || into instanceof Float64Array) {
        plain.gather(table, entries, into);
        return;
      }
      const overlayAt = overlay.byteOffset;
      const intoAt = into.byteOffset;
      const rowBytes = dimension * 4;
      for (let g = 0; g < groups; g++) {
        const start = offsets[g]!;
        const count = offsets[g + 1]! - start;
        let fits = count <= capacity;
        for (let i = 0; fits && i < count; i++) {
          const slot = index[start + i]!;
          // A row that is not active is in the anchor, outside this memory.
          if (slot < 0) fits = false;
          groupRows[i] = overlayAt + slot * rowBytes;
          groupWeights[i] = weights[start + i]!;
        }
        if (fits) simd.gather(rowsAt, weightsAt, count, intoAt + g * rowBytes, dimension);
        else
          plain.gather(
            table,
            { ...entries, groups: 1, offsets: offsets.subarray(g, g + 2) },
            into.subarray(g * dimension),
          );
      }
    },
    scatterAdd(dX, entries, place, sums, dimension) {
      if (!isHere(dX) || !isHere(sums) || dX instanceof Float64Array) {
        plain.scatterAdd(dX, entries, place, sums, dimension);
        return;
      }
      const { groups, offsets, index, weights } = entries;
      const dXAt = dX.byteOffset;
      const sumsAt = sums.byteOffset;
      for (let g = 0; g < groups; g++) {
        const end = offsets[g + 1]!;
        const from = dXAt + g * dimension * 4;
        for (let e = offsets[g]!; e < end; e++) {
          const slot = index[e]!;
          if (slot < 0) continue;
          const row = place[slot]!;
          if (row >= 0) simd.scatterAdd(from, sumsAt + row * dimension * 8, weights[e]!, dimension);
        }
      }
    },
  };
}
