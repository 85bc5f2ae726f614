import { describe, expect, it } from "vitest";
import { datasetOf } from "./dataset.ts";
import { encodeLabels, labelsOf } from "./labels.ts";

const data = (...labels: string[]) =>
  datasetOf(
    labels.map((_, i) => `text ${i}`),
    labels,
  );

describe("labelsOf", () => {
  it("sorts by UTF-16 code units", () => {
    expect(labelsOf(data("b", "a", "é", "B", "b", "10", "9"))).toEqual(["10", "9", "B", "a", "b", "é"]);
  });

  it("refuses one label only, and names it", () => {
    expect(() => labelsOf(data("x", "x"))).toThrow(expect.objectContaining({ code: "BAD_DATA" }));
    expect(() => labelsOf({ ...data("x", "x"), file: "a.tsv" })).toThrow(/^a\.tsv: .*only "x" in 2 rows/);
  });
});

describe("encodeLabels", () => {
  it("gives places in the list", () => {
    expect(encodeLabels(data("b", "a", "__proto__"), ["__proto__", "a", "b"])).toEqual(Int32Array.of(2, 1, 0));
  });

  it("names an unknown label, its lines and the nearest known", () => {
    const dev = { ...data("a", "positve", "b", "positve", "zzz"), file: "dev.tsv" };
    expect(() => encodeLabels(dev, ["a", "b", "positive"])).toThrow(
      /^dev\.tsv: label "positve" \(line 2, 4\), and 1 more such labels .*nearest known is "positive"/,
    );
    expect(() => encodeLabels(dev, ["a", "b"])).toThrow(expect.objectContaining({ code: "BAD_DATA" }));
    expect(encodeLabels(dev, ["a", "b"], { unknown: "mark" })).toEqual(Int32Array.of(0, -1, 1, -1, -1));
  });
});

describe("datasetOf", () => {
  it("refuses arrays of different lengths", () => {
    expect(() => datasetOf(["a"], [])).toThrow(RangeError);
  });
});
