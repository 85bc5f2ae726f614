import { alignVocabulary } from "@thawline/text";
import { describe, expect, it } from "vitest";
import { verifyTable } from "../src/pipeline/verify-table.ts";

const vectors = { words: ["east", "north", "west"], dimension: 2, data: Float32Array.of(1, 0, 0, 1, -1, 0) };
const aligned = () => alignVocabulary({ words: ["north", "new"], vectors, oov: "random", seed: 1 });

describe("verifyTable", () => {
  it("takes a row from the first vectors that have its word", () => {
    const more = { words: ["west", "new"], dimension: 2, data: Float32Array.of(9, 9, 2, 3) };
    expect(() => verifyTable(aligned(), [vectors, more], "v.txt")).not.toThrow();
    expect(() => verifyTable(aligned(), [more, vectors], "v.txt")).toThrow(/row 3 does not hold/);
  });

  it.each([
    ["two words swapped", ["", "north", "east", "west", "new"], /v\.txt: row 1 .*swapped/],
    ["shifted by one row", ["", "west", "east", "north", "new"], /row 1 does not hold the vector of its word "west"/],
    ["another run's vocabulary", ["", "up", "down", "left", "new"], /another run's/],
  ])("refuses %s", (_, words, message) => {
    const mismatch = () => verifyTable({ ...aligned(), words }, [vectors], "v.txt");
    expect(mismatch).toThrow(message);
    expect(mismatch).toThrow(expect.objectContaining({ code: "ALIGNMENT_MISMATCH" }));
  });

  it("refuses a table whose values moved down by one row", () => {
    const table = aligned();
    const data = table.data.slice();
    data.copyWithin(4, 2);
    expect(() => verifyTable({ ...table, data }, [vectors], "v.txt")).toThrow(/shifted by one row/);
  });
});
