import { describe, expect, it } from "vitest";
import { createTableBuilder } from "./table-builder.ts";

const fill = (rows: number, shape: { maxRows: number | undefined; expectedRows: () => number | undefined }) => {
  const builder = createTableBuilder();
  builder.begin({ dimension: 4, ...shape });
  for (let row = 0; row < rows; row++) builder.row(Float32Array.of(row, row + 1, row + 2, row + 3), new Uint8Array());
  return builder.data();
};

describe("createTableBuilder", () => {
  it.each([
    ["nothing known", { maxRows: undefined, expectedRows: () => undefined }],
    ["a right expectation", { maxRows: 500_000, expectedRows: () => 400_000 }],
    ["an expectation too small", { maxRows: 500_000, expectedRows: () => 7 }],
    ["an expectation too great", { maxRows: 500_000, expectedRows: () => 9e12 }],
    ["no known size and a great expectation", { maxRows: undefined, expectedRows: () => 450_000 }],
    ["a bound too small", { maxRows: 3, expectedRows: () => 3 }],
  ])("keeps every row with %s", (_, shape) => {
    const data = fill(400_000, shape);
    expect(data).toHaveLength(1_600_000);
    for (let row = 0; row < 400_000; row += 9_973)
      expect([...data.subarray(row * 4, row * 4 + 4)]).toEqual([row, row + 1, row + 2, row + 3]);
    expect(data.buffer.byteLength).toBeLessThanOrEqual(data.byteLength * 1.125);
  });

  it("allocates no more than the file's size has room for, and little at first where that is unknown", () => {
    expect(fill(1, { maxRows: 2, expectedRows: () => 1e12 }).buffer.byteLength).toBeLessThanOrEqual(32);
    expect(fill(1, { maxRows: undefined, expectedRows: () => 1e12 }).buffer.byteLength).toBeLessThan(1 << 23);
  });

  it("is empty without rows", () => {
    expect(fill(0, { maxRows: 10, expectedRows: () => 10 })).toHaveLength(0);
  });
});
