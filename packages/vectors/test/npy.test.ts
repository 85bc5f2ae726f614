import { describe, expect, it } from "vitest";
import { encodeVectors, readVectors } from "../src/index.ts";
import { readVectorsFile } from "../src/node.ts";
import { concat, failureOf, inPieces, latin1, utf8 } from "./bytes.ts";
import { bitsOf, fromBits, golden, goldenJson, goldenPath } from "./golden.ts";

const { words, float32, viaFloat16 } = goldenJson<Record<"words" | "float32" | "viaFloat16", string[]>>("tables.json");
const exact = ["f4-c", "f4-fortran", "f4-big", "f8-c", "f8-big-fortran", "version-2", "version-3"];

describe(".npy arrays", () => {
  it.each([
    ...exact.map((name) => [name, float32] as const),
    ["f2-c", viaFloat16] as const,
    ["f2-big", viaFloat16] as const,
  ])("%s of numpy is read to the bit, in any chunks, its words beside it or given", async (name, expected) => {
    const table = await readVectorsFile(goldenPath(`numpy-${name}.npy`));
    expect(table).toMatchObject({ format: "npy", dimension: 7, words });
    expect(bitsOf(table.data)).toEqual(expected);
    for (const source of [words, golden("words.txt"), async () => new Blob([golden("words.txt").slice().buffer])]) {
      const again = await readVectors(inPieces(golden(`numpy-${name}.npy`), [3, 50]), { words: source });
      expect(bitsOf(again.data)).toEqual(expected);
    }
  });

  it.each(["f4-c", "f4-fortran"])("%s: only the rows wanted, up to a limit, first of duplicates", async (name) => {
    const bytes = golden(`numpy-${name}.npy`);
    const some = await readVectors(bytes, { words, wanted: new Set(["東京", "it's"]) });
    expect(some.words).toEqual(["東京", "it's"]);
    expect(bitsOf(some.data)).toEqual([...float32.slice(14, 21), ...float32.slice(28)]);
    expect(some.report).toMatchObject({ fileRows: 5, headerRows: 5 });
    const two = await readVectors(bytes, { words, limit: 2 });
    expect(two.report).toMatchObject({ fileRows: 2, limited: true });
    const doubled = await readVectors(bytes, { words: ["a", "b", "a", "c", "b"] });
    expect(doubled.words).toEqual(["a", "b", "c"]);
    expect(doubled.report.duplicates).toMatchObject({
      count: 2,
      first: [
        { word: "a", row: 2 },
        { word: "b", row: 4 },
      ],
    });
    expect(bitsOf(doubled.data)).toEqual([...float32.slice(0, 14), ...float32.slice(21, 28)]);
  });

  it("pitfall 4.3: words are bytes, one a line, split at newlines alone", async () => {
    const list = concat(utf8("\ufeff"), latin1("caf\xe9\r\n"), utf8("a\u0085\r\n\u00a0\r\nx y\r\n\r\n"));
    const table = await readVectors(golden("numpy-f4-c.npy"), { words: list });
    expect(table.words).toEqual(["caf\udce9", "a\u0085", "\u00a0", "x y", ""]);
    const mixed = await readVectors(golden("numpy-f4-c.npy"), { words: utf8("a\r\nb\nc\nd\ne") });
    expect(mixed.words).toEqual(["a\r", "b", "c", "d", "e"]);
  });

  it("is written as numpy.save writes it", async () => {
    const table = { words, dimension: 7, data: fromBits(float32) };
    const lines: Uint8Array[] = [];
    const output = { write: async (chunk: Uint8Array) => void lines.push(chunk) };
    expect(Buffer.from(await encodeVectors(table, { format: "npy", words: output }))).toEqual(
      Buffer.from(golden("numpy-f4-c.npy")),
    );
    expect(Buffer.concat(lines)).toEqual(Buffer.from(golden("words.txt")));
    expect(Buffer.from(await encodeVectors(table, { format: "npy", dtype: "f16" }))).toEqual(
      Buffer.from(golden("numpy-f2-c.npy")),
    );
    await expect(encodeVectors({ ...table, words: ["a\nb", ...words.slice(1)] }, { format: "npy" })).rejects.toThrow(
      "one word a line",
    );
  });

  it.each([
    ["no words", "f4-c", { words: undefined }, "has no words"],
    ["other words than rows", "f4-c", { words: ["a"] }, "1 words for the array's 5 rows"],
    ["another dimension", "f4-c", { words, dimension: 3 }, "7 columns"],
  ])("refuses %s", async (_, name, options, message) => {
    const { words: list, ...rest } = options as { words?: string[]; dimension?: number };
    const error = await failureOf(readVectors(golden(`numpy-${name}.npy`), list ? { words: list, ...rest } : rest));
    expect(error.code).toBe("BAD_VECTOR_FILE");
    expect(error.message).toContain(message);
  });

  const withHeader = (header: string) =>
    concat(latin1("\x93NUMPY\x01\x00"), Uint8Array.of(header.length, 0), utf8(header));
  it.each([
    ["{'descr': '<f4', 'fortran_order': False, 'shape': (5,), }", "shape"],
    ["{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3, 4), }", "shape"],
    ["{'descr': '<i8', 'fortran_order': False, 'shape': (5, 7), }", "element type"],
    ["{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (5, 7), }", "element type"],
    ["{'descr': '<f4', 'descr': '<f8', 'fortran_order': False, 'shape': (5, 7), }", "twice"],
    ["{'descr': '<f4', 'fortran_order': 0, 'shape': (5, 7), }", "expected descr"],
    ["{'descr': '<f4', 'shape': (5, 7), }", "expected descr"],
    ["no dictionary", "dictionary"],
    ["{'descr': '<f4', 'fortran_order': False, 'shape': (999999999999, 300), }", "needs 1199999999998800 bytes"],
    ["{'descr': '<f4', 'fortran_order': False, 'shape': (5, 0), }", "dimension is 0"],
    ["{'descr': '<f4', 'fortran_order': False, 'shape': (0, 7), }", ""],
  ])("%s", async (header, message) => {
    const read = readVectors(withHeader(header), { words: [] });
    if (message === "") expect((await read).words).toEqual([]);
    else expect((await failureOf(read)).message).toContain(message);
  });

  it("refuses what is too long or too short, with the offset", async () => {
    const whole = golden("numpy-f4-c.npy");
    expect(await failureOf(readVectors(concat(whole, Uint8Array.of(1)), { words }))).toMatchObject({ offset: 268 });
    expect(await failureOf(readVectors(whole.slice(0, 260), { words }))).toMatchObject({ offset: 128 });
    expect(await failureOf(readVectors(inPieces(whole.slice(0, 260), []), { words }))).toMatchObject({ offset: 260 });
    expect(await failureOf(readVectors(inPieces(concat(whole, whole), []), { words }))).toMatchObject({ offset: 268 });
  });
});
