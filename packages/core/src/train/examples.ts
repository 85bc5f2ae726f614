import type { TokenBatch } from "../embedding/entries.ts";

/** Labelled examples as ragged token ids; a batch has the same form. */
export interface Examples extends TokenBatch {
  /** `[N]` class of each example, in [0, C). */
  readonly labels: Int32Array;
  /** For heads on positions: L to pad to; default the longest example, rounded up. */
  readonly positions?: number;
}

/** N. */
export const exampleCount = (examples: TokenBatch): number => examples.offsets.length - 1;

/**
 * Checks ids, offsets and labels once, so that no loop has to.
 * @throws RangeError where one is out of range
 */
export function validateExamples(examples: Examples, tokens: number, classes: number): void {
  const count = exampleCount(examples);
  const { ids, offsets, labels } = examples;
  if (count < 0 || labels.length !== count) {
    throw new RangeError(`examples have ${offsets.length} offsets (N + 1) and ${labels.length} labels (N)`);
  }
  if (offsets[0] !== 0 || offsets[count]! > ids.length) {
    throw new RangeError(`offsets should run from 0 to at most ${ids.length}, got ${offsets[0]} to ${offsets[count]}`);
  }
  for (let n = 0; n < count; n++) {
    if (offsets[n + 1]! < offsets[n]!) throw new RangeError(`offsets should not fall, but do at example ${n}`);
    if (!(labels[n]! >= 0 && labels[n]! < classes)) {
      throw new RangeError(`label ${labels[n]} of example ${n} is not in [0, ${classes})`);
    }
  }
  for (let t = 0; t < offsets[count]!; t++) {
    if (!(ids[t]! >= 0 && ids[t]! < tokens))
      throw new RangeError(`token id ${ids[t]} at ${t} is not in [0, ${tokens})`);
  }
}

/** Examples `start` to `end` (exclusive), as views. */
export function sliceExamples(examples: Examples, start: number, end: number): Examples {
  return {
    ids: examples.ids,
    offsets: examples.offsets.subarray(start, end + 1),
    labels: examples.labels.subarray(start, end),
    ...(examples.positions === undefined ? {} : { positions: examples.positions }),
  };
}

/** Occurrences of each token id, `[tokens]`. */
export function countTokens(examples: TokenBatch, tokens: number): Int32Array {
  const counts = new Int32Array(tokens);
  const end = examples.offsets[exampleCount(examples)]!;
  for (let t = 0; t < end; t++) counts[examples.ids[t]!]!++;
  return counts;
}

/** Picks batches out of a data set, in buffers that it keeps: a batch is valid until the next call. */
export function createBatchSelector(examples: Examples): (order: Int32Array, start: number, end: number) => Examples {
  let ids = new Int32Array(4096);
  let offsets = new Int32Array(0);
  let labels = new Int32Array(0);
  return (order, start, end) => {
    const count = end - start;
    if (labels.length !== count) {
      labels = new Int32Array(count);
      offsets = new Int32Array(count + 1);
    }
    let total = 0;
    for (let i = 0; i < count; i++) {
      const n = order[start + i]!;
      total += examples.offsets[n + 1]! - examples.offsets[n]!;
      offsets[i + 1] = total;
      labels[i] = examples.labels[n]!;
    }
    if (total > ids.length) ids = new Int32Array(Math.max(total, ids.length * 2));
    for (let i = 0, at = 0; i < count; i++) {
      const n = order[start + i]!;
      for (let t = examples.offsets[n]!; t < examples.offsets[n + 1]!; t++) ids[at++] = examples.ids[t]!;
    }
    return examples.positions === undefined
      ? { ids, offsets, labels }
      : { ids, offsets, labels, positions: examples.positions };
  };
}
