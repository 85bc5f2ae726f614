import { expect, it } from "vitest";
import { createRowSet } from "./row-set.ts";

it("numbers its members by ascending row", () => {
  const set = createRowSet(Int32Array.of(70, 3, 31, 32, 3));
  expect([...set.rows]).toEqual([3, 31, 32, 70]);
  expect([3, 31, 32, 70, 0, 33, 71, 500].map((row) => set.slotOf(row))).toEqual([0, 1, 2, 3, -1, -1, -1, -1]);
});

it("of no rows makes no room for any", () => {
  const { Uint32Array: Original } = globalThis;
  let largest = 0;
  globalThis.Uint32Array = class extends Original {
    constructor(length: number) {
      super(length);
      largest = Math.max(largest, length);
    }
  } as never;
  try {
    const set = createRowSet(new Int32Array(0));
    expect({ size: set.size, slot: set.slotOf(0), largest }).toEqual({ size: 0, slot: -1, largest: 0 });
  } finally {
    globalThis.Uint32Array = Original;
  }
});
