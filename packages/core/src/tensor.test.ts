import { describe, expect, it } from "vitest";
import { floatTensor, sameShape, sizeOf, tensor } from "./tensor.ts";

describe("tensor", () => {
  it("borrows its data", () => {
    const data = Int32Array.of(1, 2, 3, 4);
    expect(tensor("int32", [2, 2], data)).toEqual({ dtype: "int32", shape: [2, 2], data });
    expect(tensor("int32", [4], data).data).toBe(data);
  });

  it("refuses data of another size", () => {
    expect(() => tensor("float32", [2, 2], new Float32Array(3))).toThrow(RangeError);
    expect(() => floatTensor([0], new Float64Array(1))).toThrow(RangeError);
  });

  it("takes the precision of a float array", () => {
    expect(floatTensor([], new Float32Array(1)).dtype).toBe("float32");
    expect(floatTensor([0, 3], new Float64Array(0)).dtype).toBe("float64");
  });
});

describe("sizeOf, sameShape", () => {
  it("count and compare extents", () => {
    expect([sizeOf([]), sizeOf([2, 3, 4]), sizeOf([5, 0])]).toEqual([1, 24, 0]);
    expect(sameShape([2, 3], [2, 3])).toBe(true);
    expect(sameShape([2, 3], [3, 2])).toBe(false);
    expect(sameShape([2], [2, 1])).toBe(false);
    expect(sameShape([], [])).toBe(true);
  });
});
