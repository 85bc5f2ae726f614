import { gzipSync } from "node:zlib";
import { FormatError } from "@thawline/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chunksOf, streamOf } from "../../test/chunks.ts";
import type { Dataset } from "./dataset.ts";
import { type ReadDatasetOptions, readDataset } from "./read-dataset.ts";

const read = (text: string, options: ReadDatasetOptions): Promise<Dataset> => readDataset(streamOf(text), options);
const rowsOf = ({ labels, texts, lines }: Dataset) => labels.map((label, i) => [label, texts[i], lines[i]]);
const failure = async (result: Promise<unknown>): Promise<FormatError> => {
  const error = await result.then(
    () => new Error("expected an error"),
    (reason) => reason,
  );
  if (!(error instanceof FormatError)) throw error;
  expect(error.code).toBe("BAD_DATA_FILE");
  return error;
};

describe("TSV", () => {
  it("takes label and text at the first tab", async () => {
    const data = await read("pos\tgood film\nneg\tbad\tvery\tbad\n", { format: "tsv" });
    expect(rowsOf(data)).toEqual([
      ["pos", "good film", 1],
      ["neg", "bad\tvery\tbad", 2],
    ]);
    expect(data).toMatchObject({ rows: 2, skippedRows: 0, skipped: [] });
  });

  it("drops a byte order mark and \\r\\n, and does without a last newline", async () => {
    const data = await read("\ufeffpos\ta\r\nneg\tb", { format: "tsv" });
    expect(rowsOf(data)).toEqual([
      ["pos", "a", 1],
      ["neg", "b", 2],
    ]);
  });

  it("leaves incomplete rows out with their lines, but not blank lines at the end", async () => {
    const data = await read("pos\ta\n\nneg\t \n\tb\nno tab\n \t\nneg\tc\n\n  \n", { format: "tsv" });
    expect(rowsOf(data)).toEqual([
      ["pos", "a", 1],
      ["neg", "c", 7],
    ]);
    expect(data.skippedRows).toBe(5);
    expect(data.skipped).toEqual([
      { line: 2, reason: "blank line" },
      { line: 3, reason: "no text" },
      { line: 4, reason: "no label" },
      { line: 5, reason: "no tab between label and text" },
      { line: 6, reason: "no text and no label" },
    ]);
  });

  it("counts all rows left out, lists the first", async () => {
    const data = await read(`a\tb\n${"\tx\n".repeat(50)}`, { format: "tsv", maxReported: 3 });
    expect(data.skippedRows).toBe(50);
    expect(data.skipped.map(({ line }) => line)).toEqual([2, 3, 4]);
  });

  it("fails at the first of them with strict", async () => {
    const error = await failure(read("a\tb\n\tx\n", { format: "tsv", strict: true, file: "x.tsv" }));
    expect(error.message).toMatch(/^x\.tsv, line 2: no label/);
    await expect(read("a\tb\n\n", { format: "tsv", strict: true })).resolves.toMatchObject({ rows: 1 });
  });

  it.each([[""], ["\n\n"], ["\ufeff"]])("fails where there is no row: %j", async (text) => {
    expect((await failure(read(text, { format: "tsv" }))).message).toMatch(/found none/);
  });

  it("fails where every row was left out, with the first reason", async () => {
    const error = await failure(read("x,y\nz,w\n", { format: "tsv", file: "f.tsv" }));
    expect(error.message).toMatch(/^f\.tsv: .*all 2 were left out.*line 1: no tab/);
  });

  it("keeps names of Object's members as labels and texts", async () => {
    const data = await read("__proto__\tconstructor\ntoString\t__proto__\n", { format: "tsv" });
    expect(data.labels).toEqual(["__proto__", "toString"]);
  });
});

describe("CSV", () => {
  it("reads quoted fields with newlines, commas and quotes, and gives each row's first line", async () => {
    const csv = 'id,text,label\n1,"two\nlines, ""quoted""",a\n2,plain,b\n3,"x\r\ny\r\nz",c\n4,last,d';
    const data = await read(csv, { format: "csv" });
    expect(rowsOf(data)).toEqual([
      ["a", 'two\nlines, "quoted"', 2],
      ["b", "plain", 4],
      ["c", "x\r\ny\r\nz", 5],
      ["d", "last", 8],
    ]);
  });

  it("reads \\r\\n files with a byte order mark, other columns and another delimiter", async () => {
    const data = await read("\ufeffsentence;class\r\nhello;x\r\nbye;y\r\n", {
      format: "csv",
      textColumn: "sentence",
      labelColumn: "class",
      delimiter: ";",
    });
    expect(rowsOf(data)).toEqual([
      ["x", "hello", 2],
      ["y", "bye", 3],
    ]);
  });

  it("leaves out rows without text or label, blank ones and ones with too many fields", async () => {
    const data = await read("text,label\na,x\n,y\nb\n\nc,d,e\nf,z\n", { format: "csv" });
    expect(rowsOf(data)).toEqual([
      ["x", "a", 2],
      ["z", "f", 7],
    ]);
    expect(data.skipped).toEqual([
      { line: 3, reason: "no text" },
      { line: 4, reason: "no label" },
      { line: 5, reason: "blank line" },
      { line: 6, reason: expect.stringMatching(/^3 fields where the header names 2/) },
    ]);
  });

  it("names the columns found and the nearest where one is missing", async () => {
    const error = await failure(
      read("sentense,label\na,b\n", { format: "csv", textColumn: "sentence", file: "d.csv" }),
    );
    expect(error.message).toMatch(
      /^d\.csv, line 1: .*text column "sentence".*"sentense", "label".*did you mean "sentense"/,
    );
    expect((await failure(read("text,class\na,b\n", { format: "csv" }))).message).toMatch(/label column "label"/);
  });

  it("fails for a column named twice, for a header only, and for Object's members", async () => {
    expect((await failure(read("text,label,text\n", { format: "csv" }))).message).toMatch(/more than once/);
    expect((await failure(read("text,label\n", { format: "csv" }))).message).toMatch(/found none/);
    expect((await failure(read("a,b\n1,2\n", { format: "csv", textColumn: "constructor" }))).line).toBe(1);
  });

  it("names the line where a bad quote's record begins", async () => {
    const stray = await failure(read('text,label\n"a\nb",x\n5" disk,y\n"c",z\n', { format: "csv" }));
    expect(stray.line).toBe(4);
    const open = await failure(read('text,label\na,x\n"open,y\nmore\n', { format: "csv" }));
    expect(open.line).toBe(3);
    const after = await failure(read('text,label\n"a"b,x\n', { format: "csv" }));
    expect(after.line).toBe(2);
  });

  it("refuses a delimiter that is not one character", async () => {
    await expect(read("text,label\na,b\n", { format: "csv", delimiter: ",," })).rejects.toMatchObject({
      code: "INVALID_CONFIG",
    });
  });
});

describe("JSONL", () => {
  it("takes strings, numbers and booleans as labels", async () => {
    const lines = ['{"text":"a","label":"x"}', '{"label":1,"text":"b\\nc"}', '{"text":"d","label":true,"id":7}'];
    const data = await read(lines.join("\r\n"), { format: "jsonl" });
    expect(rowsOf(data)).toEqual([
      ["x", "a", 1],
      ["1", "b\nc", 2],
      ["true", "d", 3],
    ]);
  });

  it("leaves out rows without text or label, or with ones of another kind", async () => {
    const rows = [
      { text: "a", label: 0 },
      { text: null, label: 1 },
      { text: "b" },
      { text: 5, label: 1 },
      { text: "c", label: [1] },
    ];
    const data = await read(rows.map((row) => JSON.stringify(row)).join("\n"), { format: "jsonl" });
    expect(rowsOf(data)).toEqual([["0", "a", 1]]);
    expect(data.skipped).toEqual([
      { line: 2, reason: "no text" },
      { line: 3, reason: "no label" },
      { line: 4, reason: "the text is a number, not a string" },
      { line: 5, reason: "the label is a list, not a string, number or boolean" },
    ]);
  });

  it.each([['{"text":"a","label":1}\n{"text":'], ['{"text":"a","label":1}\n[1]'], ['{"text":"a","label":1}\n3']])(
    "names the line of broken JSON: %j",
    async (text) => {
      const error = await failure(read(text, { format: "jsonl", file: "b.jsonl" }));
      expect(error.message).toMatch(/^b\.jsonl, line 2: expected one JSON object a line/);
    },
  );

  it("names the keys found and the nearest where one is missing everywhere", async () => {
    const error = await failure(read('{"txt":"a","label":1}\n', { format: "jsonl" }));
    expect(error.message).toMatch(/text column "text".*"txt", "label".*did you mean "txt"/);
    const own = await failure(read('{"text":"a","label":1}', { format: "jsonl", textColumn: "constructor" }));
    expect(own.message).toMatch(/text column "constructor"/);
  });
});

describe("bytes", () => {
  it("reads gzip, seen from the content", async () => {
    const bytes = gzipSync("pos\ta\nneg\tb\n");
    for (const cuts of [[], [1], [1, 2, 3]]) {
      expect(await readDataset(chunksOf(bytes, cuts), { format: "tsv" })).toMatchObject({ texts: ["a", "b"] });
    }
  });

  it("hands on an error of the source as it is, within gzip too", async () => {
    const bytes = gzipSync("pos\ta\nneg\tb\n");
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield bytes.subarray(0, 12);
      throw new RangeError("unplugged");
    }
    await expect(readDataset(failing(), { format: "tsv" })).rejects.toThrow(new RangeError("unplugged"));
  });

  it("fails for truncated gzip and for gzip in gzip", async () => {
    const bytes = gzipSync("pos\ta\nneg\tb\n".repeat(1000));
    const cut = await failure(readDataset(chunksOf(bytes.subarray(0, 40)), { format: "tsv", file: "t.gz" }));
    expect(cut.message).toMatch(/^t\.gz: expected a whole gzip file/);
    const twice = await failure(readDataset(chunksOf(gzipSync(bytes)), { format: "tsv" }));
    expect(twice.message).toMatch(/gzip file inside another/);
  });

  it("names line and byte offset of invalid UTF-8", async () => {
    const bytes = Uint8Array.from([...new TextEncoder().encode("\ufeffa\té\nb\t"), 0xff, 0x0a]);
    const error = await failure(readDataset(chunksOf(bytes), { format: "tsv", file: "u.tsv" }));
    expect(error).toMatchObject({ line: 2, offset: 10, file: "u.tsv" });
    expect(error.message).toMatch(/0xff/);
  });

  it.each([
    ["a Parquet file", [0x50, 0x41, 0x52, 0x31, 0x15, 0x00]],
    ["a zip archive", [0x50, 0x4b, 0x03, 0x04, 0x14, 0x00]],
    ["UTF-16", [0xff, 0xfe, 0x61, 0x00]],
  ])("says what a binary file looks like: %s", async (name, head) => {
    const error = await failure(readDataset(chunksOf(Uint8Array.from(head)), { format: "csv" }));
    expect(error.message).toContain(name);
    expect(error.line).toBe(1);
  });

  it("refuses a NUL byte with its line", async () => {
    expect(await failure(read("a\tb\nc\td\0\n", { format: "tsv" }))).toMatchObject({ line: 2, offset: 7 });
  });

  it("gives up on a line or quoted field without end before it fills the memory", async () => {
    async function* endless(head: string, piece: string): AsyncGenerator<Uint8Array> {
      yield new TextEncoder().encode(head);
      const chunk = new TextEncoder().encode(piece.repeat(1024 * 1024));
      for (;;) yield chunk;
    }
    expect((await failure(readDataset(endless("", "a"), { format: "tsv" }))).message).toMatch(
      /no line break within 64 MB/,
    );
    const quoted = await failure(readDataset(endless('text,label\n"', "a\n"), { format: "csv" }));
    expect(quoted).toMatchObject({ line: 2 });
  });

  it("closes its source after an error in the first bytes", async () => {
    let isClosed = false;
    async function* source(): AsyncGenerator<Uint8Array> {
      try {
        yield Uint8Array.from([0, 0, 0x0a]);
        yield Uint8Array.from([0x61]);
      } finally {
        isClosed = true;
      }
    }
    await failure(readDataset(source(), { format: "tsv" }));
    expect(isClosed).toBe(true);
  });

  it("reads the same from chunks of any size, errors too", async () => {
    const field = fc.constantFrom(
      "a",
      "é",
      "👍",
      ",",
      '"x"',
      '"q\nr"',
      "\t",
      "\n",
      "\r\n",
      "",
      " ",
      '""',
      "{}",
      '{"text":"t","label":"l"}',
    );
    const body = fc.tuple(
      fc.array(field, { maxLength: 30 }),
      fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 2 }),
    );
    const format = fc.constantFrom("tsv" as const, "csv" as const, "jsonl" as const);
    const outcome = (result: Promise<Dataset>): Promise<unknown> =>
      result.catch((error) => {
        if (!(error instanceof FormatError)) throw error;
        return error.message;
      });
    await fc.assert(
      fc.asyncProperty(format, body, fc.array(fc.nat(400), { maxLength: 12 }), async (name, [fields, raw], cuts) => {
        const head = name === "csv" ? "text,label\n" : "";
        const bytes = Uint8Array.from([...new TextEncoder().encode(head + fields.join("")), ...raw]);
        const whole = await outcome(readDataset(chunksOf(bytes), { format: name }));
        expect(await outcome(readDataset(chunksOf(bytes, cuts), { format: name }))).toEqual(whole);
        const single = Array.from({ length: bytes.length }, (_, i) => i);
        expect(await outcome(readDataset(chunksOf(bytes, single), { format: name }))).toEqual(whole);
      }),
      { seed: 20261123, numRuns: 400 },
    );
  });

  it("reads back what was written as CSV, and line numbers that point at it", async () => {
    const text = fc.string({ unit: fc.constantFrom("a", "b", '"', ",", "\n", "é", " "), minLength: 1, maxLength: 12 });
    const rows = fc.array(
      text.filter((value) => value.trim() !== ""),
      { minLength: 1, maxLength: 10 },
    );
    await fc.assert(
      fc.asyncProperty(rows, async (texts) => {
        const csv = texts.map((value) => `"${value.replaceAll('"', '""')}",x`);
        const data = await read(`text,label\n${csv.join("\n")}\n`, { format: "csv" });
        expect(data.texts).toEqual(texts);
        let line = 2;
        expect(data.lines).toEqual(
          texts.map((value) => {
            const start = line;
            line += value.split("\n").length;
            return start;
          }),
        );
      }),
      { seed: 20261123, numRuns: 300 },
    );
  });
});
