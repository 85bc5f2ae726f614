// Prints, as one JSON document, texts and the tokens that each tokenizer by name makes of them, with the tokenizer.json
// that `huggingFaceJsonOf` writes, for compare-exported.py. Needs the built package (npm run build).
//
//   node compare-exported.mjs ../../../../../shared/data/*/train.tsv | python3 compare-exported.py
import { readFileSync } from "node:fs";
import { createTokenizer, huggingFaceJsonOf, tokenizerNames } from "@thawline/text";

const texts = process.argv.slice(2).flatMap((path) =>
  readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line.includes("\t"))
    .map((line) => line.slice(line.indexOf("\t") + 1)),
);
const cases = tokenizerNames.flatMap((name) =>
  [true, false].map((lowercase) => {
    const { spec, tokenize } = createTokenizer({ name, lowercase });
    return { name, lowercase, json: huggingFaceJsonOf(spec, ["the"]), tokens: texts.map(tokenize) };
  }),
);
process.stdout.write(JSON.stringify({ texts, cases }));
