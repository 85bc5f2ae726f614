import { statSync } from "node:fs";
import { PolicyError, ThawlineError } from "@thawline/core";
import { type LookupRule, wantedForms } from "@thawline/text";
import type { FastTextModel } from "@thawline/vectors";
import { readFastTextFile, readVectorsFile } from "@thawline/vectors/node";
import { createTokenRowFinder, namesOfRows, type TokenRowFinder, type TokenRows } from "../model/token-rows.ts";
import { defaults } from "./defaults.ts";
import { identifyVectors, type Watch } from "./identify-vectors.ts";
import type { Settings } from "./settings.ts";
import { type WeightedBase, wholeTable } from "./weighted-base.ts";

const invalid = (message: string): PolicyError => new PolicyError("INVALID_CONFIG", message);

/** Which words' rows to read: all where null. */
async function wantedOf(
  file: string,
  { modelRows }: Settings,
  request: { readonly dataWords: ReadonlySet<string>; readonly rules: readonly LookupRule[] },
): Promise<{ readonly keeps: WeightedBase["keeps"]; readonly wanted: Set<string> | null }> {
  // A fastText file is mostly its matrix: two million n-grams by default, whatever the text.
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  const keeps = modelRows ?? (size > defaults.wholeSubwordBytes ? "data" : "all");
  if (keeps === "all") return { keeps, wanted: null };
  const wanted = wantedForms(request.dataWords, request.rules);
  if (typeof keeps === "number")
    for (const word of (await readVectorsFile(file, { limit: keeps })).words) wanted.add(word);
  return { keeps, wanted };
}

/** Whether some rows of the matrix make a word's vector as the reader gives it: by bits, undefined of no rows. */
function isMean({ matrix, dimension }: FastTextModel, rows: Int32Array, vector: Float32Array | undefined): boolean {
  if (rows.length === 0 || vector === undefined) return rows.length === 0 && vector === undefined;
  const sum = new Float32Array(dimension);
  for (const row of rows) for (let d = 0; d < dimension; d++) sum[d]! += matrix[row * dimension + d]!;
  const factor = Math.fround(1 / rows.length);
  return vector.every((value, d) => Object.is(value, Math.fround(sum[d]! * factor)));
}

/** Each word of the data must have the same vector by the table's look-up and by the reader's own way. */
function verifyComposition(
  model: FastTextModel,
  finder: TokenRowFinder,
  { words, file }: { readonly words: Iterable<string>; readonly file: string },
): void {
  for (const word of words) {
    if (isMean(model, finder.lookUpOf(word).rows, model.vectorOf(word))) continue;
    throw new ThawlineError(
      "ALIGNMENT_MISMATCH",
      `${file}: the rows looked up for ${JSON.stringify(word)} do not make its vector: words and rows do not belong together`,
    );
  }
}

/**
 * Reads the rows behind words and n-grams of a fastText model: all of them, or those that the words need.
 * @throws PolicyError INVALID_CONFIG where the file has no subwords; FormatError; ThawlineError ALIGNMENT_MISMATCH, ABORTED
 */
export async function readSubwordBase(
  settings: Settings,
  request: { readonly dataWords: ReadonlySet<string>; readonly rules: readonly LookupRule[] } & Watch,
): Promise<WeightedBase> {
  const file = settings.vectors!;
  const known = await identifyVectors(file, settings, request);
  const advice = "choose another --oov";
  if (known.format !== "fasttext") {
    throw invalid(
      `--oov subword makes words of n-grams, which only a fastText .bin holds; ${file} is ${known.format}: give the .bin, or ${advice}`,
    );
  }
  const { keeps, wanted } = await wantedOf(file, settings, request);
  const { signal, onProgress } = request;
  const model = await readFastTextFile(file, {
    firstRow: 1,
    ...(onProgress === undefined ? {} : { onProgress }),
    ...(wanted === null ? {} : { wanted }),
    ...(signal === undefined ? {} : { signal }),
  });
  if (!model.hasSubwords) {
    throw invalid(`${file} has no subwords (it was trained with maxn 0, or all its n-grams were pruned): ${advice}`);
  }
  const description: TokenRows = { kind: "subwords", rules: request.rules, ...model.subwordTable() };
  const finder = createTokenRowFinder(description);
  verifyComposition(model, createTokenRowFinder({ ...description, rules: ["exact"] }), {
    words: request.dataWords,
    file,
  });
  const rows = (known.report.headerRows ?? known.report.fileRows) + model.settings.bucket;
  return {
    description,
    finder,
    rowNames: namesOfRows(description, model.rows),
    data: model.matrix,
    keeps,
    base: {
      ...wholeTable,
      file,
      format: "fasttext",
      sha256: known.sha256!,
      rows,
      loadedRows: model.rows - 1,
      dimension: model.dimension,
    },
  };
}
