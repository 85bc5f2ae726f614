import { gzipSync } from "node:zlib";
import type { Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openPackagePage, type PackagePage } from "../../../scripts/test/package-page.ts";
import type * as vectors from "../src/index.ts";
import { bitsOf, golden, goldenJson } from "./golden.ts";

// Where no Chromium is found this file fails, and says how to get one.
let opened: PackagePage | undefined;
let page: Page;

beforeAll(async () => {
  opened = await openPackagePage("vectors");
  page = opened.page;
}, 120_000);
afterAll(async () => {
  await opened?.browser.close();
});

interface Request {
  readonly bytes: string;
  readonly as: "Blob" | "ReadableStream";
  readonly options: {
    readonly entry?: string;
    readonly wanted?: readonly string[];
    readonly words?: readonly string[];
  };
}

/** Reads in the page; what crosses is base64 one way, words and bits the other. */
async function readInPage(bytes: Uint8Array, as: Request["as"], options: Request["options"] = {}) {
  const request: Request = { bytes: Buffer.from(bytes).toString("base64"), as, options };
  const outcome = await page.evaluate(async ({ bytes, as, options }: Request) => {
    const api = (globalThis as unknown as { vectors: typeof vectors }).vectors;
    const blob = new Blob([Uint8Array.from(atob(bytes), (character) => character.charCodeAt(0))]);
    const { wanted, ...rest } = options;
    try {
      const loaded = await api.readVectors(as === "Blob" ? blob : (blob.stream() as ReadableStream<Uint8Array>), {
        ...rest,
        ...(wanted === undefined ? {} : { wanted: new Set(wanted) }),
      });
      const data = [...new Uint32Array(loaded.data.slice().buffer)];
      return { words: loaded.words, format: loaded.format, compression: loaded.compression, data };
    } catch (error) {
      const { name, code, message, offset } = error as vectors.LoadedVectors & {
        name: string;
        code?: string;
        message: string;
        offset?: number;
      };
      return { error: { name, code, message, offset } };
    }
  }, request);
  return outcome;
}

const expected = goldenJson<{ words: string[]; float32: string[]; viaFloat16: string[] }>("tables.json");
const bitsIn = (outcome: Awaited<ReturnType<typeof readInPage>>): string[] =>
  bitsOf(new Float32Array(Uint32Array.from(outcome.data ?? []).buffer));

const files = [
  ["word2vec text", "gensim.vec", "word2vec"],
  ["word2vec binary", "gensim.bin", "word2vec-binary"],
  ["a NumPy array", "numpy-f4-c.npy", "npy"],
  ["a NumPy array in Fortran order", "numpy-f4-fortran.npy", "npy"],
] as const;

describe.each(["Blob", "ReadableStream"] as const)("in Chromium, from a %s", (as) => {
  it.each(files)("reads %s of the real tools to the bit, and gzip of it", async (_, name, format) => {
    for (const [bytes, compression] of [
      [golden(name), "none"],
      [new Uint8Array(gzipSync(golden(name))), "gzip"],
    ] as const) {
      const outcome = await readInPage(bytes, as, { words: expected.words });
      expect(outcome).toMatchObject({ words: expected.words, format, compression });
      expect(bitsIn(outcome)).toEqual(expected.float32);
    }
  });

  it("reads safetensors, a fastText model and a pruned and quantised one as Node does", async () => {
    const { encodeVectors, readVectors } = await import("../src/index.ts");
    const table = await readVectors(golden("gensim.bin"));
    const safetensors = await encodeVectors(table, { format: "safetensors" });
    for (const bytes of [safetensors, golden("fasttext-cbow.bin"), golden("fasttext-pruned.ftz")]) {
      const outcome = await readInPage(bytes, as);
      const here = await readVectors(bytes);
      expect(outcome).toMatchObject({ words: here.words, format: here.format });
      expect(bitsIn(outcome)).toEqual(bitsOf(here.data));
    }
  });

  it("reads only the words wanted", async () => {
    const outcome = await readInPage(golden("gensim.vec"), as, { wanted: ["東京"] });
    expect(outcome.words).toEqual(["東京"]);
    expect(bitsIn(outcome)).toEqual(expected.float32.slice(14, 21));
  });

  it("gives typed errors with their place", async () => {
    const { error } = await readInPage(golden("gensim.bin").slice(0, 100), as);
    expect(error).toMatchObject({ name: "FormatError", code: "BAD_VECTOR_FILE", offset: expect.any(Number) });
    const damaged = await readInPage(new Uint8Array(gzipSync(golden("gensim.vec"))).slice(0, 150), as);
    expect(damaged.error).toMatchObject({ code: "BAD_VECTOR_FILE" });
  });
});

describe("zip archives in Chromium", () => {
  it.each([
    ["one", undefined],
    ["several", "vectors/gensim.vec"],
    ["several", "vectors/gensim.bin"],
    ["zip64", "gensim.vec"],
    ["descriptor", "gensim.vec"],
    ["debian-pipe", undefined],
  ])("%s, entry %s: to the bit", async (name, entry) => {
    const outcome = await readInPage(golden(`zips/${name}.zip`), "Blob", entry === undefined ? {} : { entry });
    expect(outcome).toMatchObject({ words: expected.words, compression: "zip" });
    expect(bitsIn(outcome)).toEqual(expected.float32);
  });

  it("are refused where they are encrypted, damaged or a stream", async () => {
    const encrypted = await readInPage(golden("zips/encrypted.zip"), "Blob");
    expect(encrypted.error?.message).toContain("is encrypted");
    const damaged = golden("zips/one.zip");
    damaged[100]! ^= 0xff;
    expect((await readInPage(damaged, "Blob")).error).toMatchObject({ code: "BAD_VECTOR_FILE" });
    const stream = await readInPage(golden("zips/one.zip"), "ReadableStream");
    expect(stream.error?.message).toContain("pass it as a Blob");
  });
});
