import { PolicyError } from "@thawline/core";
import { loadHuggingFaceTokenizer } from "@thawline/text";
import { readStaticModelFolder } from "@thawline/vectors/node";
import { createTokenRowFinder, type TokenRows } from "../model/token-rows.ts";
import { identifyVectors, type Watch } from "./identify-vectors.ts";
import type { Settings } from "./settings.ts";
import { namesOfPadded, type PieceBase, wholeTable } from "./weighted-base.ts";

const invalid = (message: string): PolicyError => new PolicyError("INVALID_CONFIG", message);

/**
 * Reads a Model2Vec or sentence-transformers folder with its tokenizer.
 * @throws FormatError; PolicyError INVALID_CONFIG for options that the folder's tokenizer leaves no room for
 */
export async function readPieceBase(settings: Settings, { signal }: Watch): Promise<PieceBase> {
  const folder = settings.vectors!;
  if (settings.oov !== null) {
    throw invalid(
      `${folder} has a tokenizer of its own, which makes every word of pieces that have a row: leave --oov out, or take the folder as a list of words with --tokenizer`,
    );
  }
  if (settings.lowercase !== null) {
    throw invalid(`the tokenizer of ${folder} decides about case: leave --lowercase out, or choose a --tokenizer`);
  }
  const known = await identifyVectors(folder, settings, { signal });
  const model = await readStaticModelFolder(folder, { firstRow: 1, ...(signal === undefined ? {} : { signal }) });
  const { vocabulary, layout, mapping, weights } = model;
  const ids = vocabulary.tokens.length;
  const description: TokenRows = {
    kind: "pieces",
    tokens: vocabulary.tokens.map((token) => token ?? ""),
    unknownId: vocabulary.unknownId ?? -1,
    rows: Int32Array.from(vocabulary.tokens, (_, id) => (mapping?.[id] ?? id) + 1),
    // As the file has them: float64 weights stay what they are in what is written.
    weights: weights?.slice(0, ids) ?? new Float32Array(ids).fill(1),
  };
  const { tokenizerJson } = model;
  return {
    description,
    finder: createTokenRowFinder(description),
    rowNames: namesOfPadded(description, model.rows),
    data: model.matrix,
    keeps: "all",
    tokenizerJson,
    tokenizer: await loadHuggingFaceTokenizer(tokenizerJson, {
      file: `${folder}/${layout.tokenizer}`,
      ...(settings.maxLength === null ? {} : { maxLength: settings.maxLength }),
    }),
    normalize: model.normalize,
    base: {
      ...wholeTable,
      file: folder,
      format: model.format,
      sha256: known.sha256!,
      rows: model.rows - 1,
      loadedRows: model.rows - 1,
      dimension: model.dimension,
    },
  };
}
