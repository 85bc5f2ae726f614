import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { type BytePlatform, readVectors } from "../src/index.ts";
import { nodePlatform } from "../src/node.ts";
import { concat, failureOf, latin1, utf8 } from "./bytes.ts";

const messageOf = async (bytes: Uint8Array) => {
  const error = await failureOf(readVectors(bytes, { file: "f" }));
  expect(error).toMatchObject({ name: "FormatError", code: "BAD_VECTOR_FILE", file: "f" });
  return error.message;
};

describe("detection of what is no vector file", () => {
  it.each([
    ["an empty file", new Uint8Array(0), "empty"],
    ["a zip archive", latin1("PK\x03\x04\x14\x00"), "zip archive has no directory at its end"],
    ["a web page", utf8("\n<!DOCTYPE html>\n<html><body>404 1 2</body></html>"), "web page"],
    ["a web page without doctype", utf8("<html>\n<body>"), "web page"],
    [
      "a git-lfs pointer",
      utf8("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12345\n"),
      "git lfs pull",
    ],
    [
      "a TensorFlow.js model",
      utf8('{"modelTopology": {"class_name": "Model"}, "weightsManifest": []}'),
      "TensorFlow.js",
    ],
    ["an array of JSON", utf8("[[0.1, 0.2],\n[0.3, 0.4]]"), "JSON"],
    ["a pickle", latin1("\x80\x04\x95\x00\x00"), "save_word2vec_format"],
    ["UTF-16 text", latin1("\xff\xfea\x00 \x001\x00"), "save it as UTF-8"],
    ["an unknown binary file", latin1("\x7fELF\x02\x01\x01\x00\x00\x00"), "binary file of no known kind"],
    ["prose", utf8("Four score and seven years ago\nour fathers brought forth\n"), "Four score"],
    ["rows with tabs", utf8("the\t0.1\t0.2\nof\t0.3\t0.4\n"), "not by tabs"],
  ])("says what %s is", async (_, bytes, message) => {
    expect(await messageOf(bytes)).toContain(message);
  });

  it.each(["{ 0.1 0.2\n} 0.3 0.4\n", "<s> 0.1 0.2\n<unk> 0.3 0.4\n", "[ 0.1 0.2\n] 0.3 0.4\n", '" 0.1 0.2\n'])(
    "takes %j for vectors all the same",
    async (text) => {
      expect(await readVectors(utf8(text))).toMatchObject({ format: "glove", dimension: 2 });
    },
  );

  it("takes other sources than bytes for the caller's mistake", async () => {
    await expect(readVectors("the 0.1" as never)).rejects.toThrow(TypeError);
    async function* strings() {
      yield "the 0.1";
    }
    await expect(readVectors(strings() as never)).rejects.toThrow(TypeError);
  });
});

/** Whether this platform's DecompressionStream refuses what follows the first member. */
async function takesOneMemberOnly(): Promise<boolean> {
  const packed = new Blob([concat(gzipSync("a"), gzipSync("b")).slice().buffer]);
  const unpacked = new Response(packed.stream().pipeThrough(new DecompressionStream("gzip")));
  return unpacked.text().then(
    (content) => content !== "ab",
    () => true,
  );
}

describe.each<[string, { readonly platform?: BytePlatform }]>([
  ["the web's", {}],
  ["Node's", { platform: nodePlatform }],
])("gzip by %s means", (_, options) => {
  const text = "the 0.25 0.5\nof 1 2\n";

  it("is unpacked whatever the name is", async () => {
    const table = await readVectors(gzipSync(text), options);
    expect(table).toMatchObject({ format: "glove", compression: "gzip", words: ["the", "of"] });
  });

  it("of several members is unpacked whole or refused with a reason, never shortened", async () => {
    const several = concat(gzipSync(text.slice(0, 9)), gzipSync(""), gzipSync(text.slice(9)));
    const read = readVectors(several, options);
    // The web's means refuse it by the standard; Node 20's do not yet.
    if (options.platform === undefined && (await takesOneMemberOnly())) {
      const error = await failureOf(read);
      expect(error.code).toBe("BAD_VECTOR_FILE");
      expect(error.message).toContain("several members");
    } else expect((await read).words).toEqual(["the", "of"]);
  });

  it("is refused when truncated or damaged, never shortened", async () => {
    const long = gzipSync(Array.from({ length: 5000 }, (_, row) => `w${row} ${Math.sin(row)} 1\n`).join(""));
    const damaged = long.slice();
    damaged[long.length >> 1] ^= 0x55;
    for (const bytes of [long.subarray(0, long.length - 4), long.subarray(0, long.length >> 1), damaged]) {
      const error = await failureOf(readVectors(bytes, { file: "f.gz", ...options }));
      expect(error).toMatchObject({ code: "BAD_VECTOR_FILE", file: "f.gz" });
    }
  });

  it("is refused when it is empty inside or packed twice", async () => {
    expect((await failureOf(readVectors(gzipSync(""), options))).message).toContain("empty");
    expect((await failureOf(readVectors(gzipSync(gzipSync(text)), options))).message).toContain("twice");
  });

  it("does not trust a header inside, whose size nothing bounds", async () => {
    const table = await readVectors(gzipSync("999999999 2\na 1 2\n"), { limit: 1, ...options });
    expect(table.data.buffer.byteLength).toBeLessThan(1024);
  });

  it("may end early by limit", async () => {
    const long = gzipSync(Array.from({ length: 50_000 }, (_, row) => `w${row} ${Math.sin(row)} 1\n`).join(""));
    expect((await readVectors(long, { limit: 3, ...options })).words).toEqual(["w0", "w1", "w2"]);
  });
});

describe("pitfall: gzip of several members where the platform unpacks one only", () => {
  const failing = (error: Error) => ({
    platform: {
      searchable: (bytes: Uint8Array) => bytes,
      async *gunzip() {
        yield utf8("the 0.25 0.5\n");
        throw error;
      },
    },
  });
  it.each([
    Object.assign(new TypeError("Trailing junk found after the end of the compressed stream"), {
      code: "ERR_TRAILING_JUNK_AFTER_STREAM_END",
    }),
    new TypeError("Junk found after end of compressed data."),
    new TypeError("Unexpected input after the end of stream"),
  ])("%s", async (error) => {
    const failure = await failureOf(readVectors(gzipSync("x"), failing(error)));
    expect(failure).toMatchObject({ code: "BAD_VECTOR_FILE", cause: error });
    expect(failure.message).toContain("several members");
  });
});

describe("sources", () => {
  const text = "the 0.25 0.5\nof 1 2\n";
  it("reads a Blob, a ReadableStream, an ArrayBuffer and a Buffer", async () => {
    const bytes = utf8(text);
    for (const source of [new Blob([text]), new Blob([text]).stream(), bytes.slice().buffer, Buffer.from(text)]) {
      expect((await readVectors(source)).words).toEqual(["the", "of"]);
    }
  });

  it("says that reading failed, with the cause and the offset", async () => {
    async function* breaking() {
      yield utf8("the 1 2\n");
      throw new Error("socket hang up");
    }
    const error = await failureOf(readVectors(breaking()));
    expect(error).toMatchObject({ code: "BAD_VECTOR_FILE", offset: 8, cause: { message: "socket hang up" } });
  });

  it("reports progress up to the last byte and stops at an abort", async () => {
    const many = utf8(Array.from({ length: 300_000 }, (_, row) => `w${row} ${row} 1\n`).join(""));
    const seen: number[] = [];
    await readVectors(many, { onProgress: ({ bytesRead, totalBytes }) => seen.push(bytesRead / (totalBytes ?? 0)) });
    expect(seen.at(-1)).toBe(1);
    const controller = new AbortController();
    const aborted = failureOf(
      readVectors(new Blob([many.slice().buffer]), {
        signal: controller.signal,
        onProgress: () => controller.abort("enough"),
      }),
    );
    expect(await aborted).toMatchObject({ code: "ABORTED", cause: "enough" });
    expect(await failureOf(readVectors(many, { signal: AbortSignal.abort() }))).toMatchObject({ code: "ABORTED" });
  });

  it("closes the source when it stops early", async () => {
    let isClosed = false;
    async function* rows() {
      try {
        for (;;) yield utf8("a 1 2\n".repeat(50_000));
      } finally {
        isClosed = true;
      }
    }
    await readVectors(rows(), { limit: 5 });
    expect(isClosed).toBe(true);
  });
});
