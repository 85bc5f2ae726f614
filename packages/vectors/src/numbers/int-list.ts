/** A growing list of int32. */
export interface IntList {
  readonly length: number;
  push(value: number): void;
  /** The values so far (borrowed, stale after the next `push`). */
  values(): Int32Array;
}

/** Creates an empty list. */
export function createIntList(capacity = 1024): IntList {
  let values = new Int32Array(capacity);
  let length = 0;
  return {
    get length() {
      return length;
    },
    push(value) {
      if (length === values.length) {
        const grown = new Int32Array(length * 2);
        grown.set(values);
        values = grown;
      }
      values[length++] = value;
    },
    values: () => values.subarray(0, length),
  };
}
