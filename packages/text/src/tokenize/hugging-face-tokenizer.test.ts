import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { loadHuggingFaceTokenizer } from "./hugging-face-tokenizer.ts";
import { tokenizeTexts } from "./tokenize-texts.ts";

const golden = (name: string): string => readFileSync(new URL(`../../test/golden/${name}`, import.meta.url), "utf8");
interface Golden {
  readonly texts: readonly string[];
  readonly tokenizers: Readonly<Record<string, { size: number; unknown: number; ids: readonly (readonly number[])[] }>>;
}
const { texts, tokenizers } = JSON.parse(golden("tokenizers.json")) as Golden;
const kinds = { wordpiece: "WordPiece", unigram: "Unigram", bpe: "BPE", wordlevel: "WordLevel" } as const;

describe.each(Object.entries(kinds))("%s", (name, model) => {
  const expected = tokenizers[name]!;
  const load = (options = {}) => loadHuggingFaceTokenizer(golden(`${name}.tokenizer.json`), options);

  it("gives the known tokens that Python's tokenizers gives, in order", async () => {
    const tokenizer = await load();
    expect(tokenizer.spec).toEqual({ name: "tokenizer.json", version: 1, lowercase: false, model });
    texts.forEach((text, i) => {
      const ids = tokenizer.tokenize(text).map((token) => tokenizer.idOf(token));
      const known = expected.ids[i]!.filter((id) => id !== expected.unknown);
      expect(
        ids.filter((id) => id >= 0),
        JSON.stringify(text),
      ).toEqual(known);
    });
  });

  it("finds no id for the unknown token and for what is no token", async () => {
    const tokenizer = await load();
    expect(tokenizer.unknownId).toBe(expected.unknown);
    expect(tokenizer.idOf("[UNK]")).toBe(-1);
    expect(tokenizer.idOf("never seen anywhere")).toBe(-1);
    expect(tokenizer.idOf("[PAD]")).toBe(0);
  });

  it("cuts after the known tokens that maxLength allows", async () => {
    const [whole, short] = [await load(), await load({ maxLength: 3 })];
    const known = (tokens: readonly string[]) => tokens.filter((token) => whole.idOf(token) >= 0);
    for (const text of texts) expect(known(short.tokenize(text))).toEqual(known(whole.tokenize(text)).slice(0, 3));
    const { truncatedTexts } = tokenizeTexts(texts, short);
    expect(truncatedTexts).toBe(texts.filter((text) => known(whole.tokenize(text)).length > 3).length);
  });
});

it("takes a file's own truncation as maximal length", async () => {
  const json = JSON.parse(golden("wordpiece.tokenizer.json"));
  json.truncation = { direction: "Right", max_length: 2, strategy: "LongestFirst", stride: 0 };
  const tokenizer = await loadHuggingFaceTokenizer(JSON.stringify(json));
  expect(tokenizer.tokenize(texts[0]!)).toHaveLength(2);
});

it.each([
  ["no JSON", "{"],
  ["no model", "{}"],
  [
    "a part that is not known",
    JSON.stringify({ model: { type: "WordPiece", vocab: {} }, normalizer: { type: "Odd" } }),
  ],
])("refuses %s with a typed error that names the file", async (_, text) => {
  await expect(loadHuggingFaceTokenizer(text, { file: "m/tokenizer.json" })).rejects.toMatchObject({
    code: "BAD_MODEL_FILE",
    file: "m/tokenizer.json",
  });
});
