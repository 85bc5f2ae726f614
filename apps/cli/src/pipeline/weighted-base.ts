import { statSync } from "node:fs";
import { PolicyError, ThawlineError } from "@thawline/core";
import { type LookupRule, loadHuggingFaceTokenizer, type Tokenizer, wantedForms } from "@thawline/text";
import type { FastTextModel, VectorFormatName } from "@thawline/vectors";
import {
  type ReadVectorsFileOptions,
  readFastTextFile,
  readStaticModelFolder,
  readVectorsFile,
} from "@thawline/vectors/node";
import type { LoadedModel } from "../model/load-model.ts";
import {
  createTokenRowFinder,
  namesOfRows,
  shiftRows,
  type TokenRowFinder,
  type TokenRows,
} from "../model/token-rows.ts";
import type { BaseVectors } from "./base-vectors.ts";
import { defaults } from "./defaults.ts";
import type { Settings } from "./settings.ts";

/** A table whose tokens are weighted rows. Row 0 is padding. */
export interface WeightedBase {
  /** Of the rows of `data`, padding included. */
  readonly description: TokenRows;
  readonly finder: TokenRowFinder;
  /** [V] name of each row, "" for padding. */
  readonly rowNames: readonly string[];
  /** [V, D]; row 0 is zeros. */
  readonly data: Float32Array;
  readonly base: Omit<BaseVectors, "vectors">;
  /** Rows of the file that a saved model keeps. */
  readonly keeps: "all" | "data" | number;
}

/** A folder's table with the tokenizer that belongs to it. */
export interface PieceBase extends WeightedBase {
  readonly tokenizer: Tokenizer;
  /** `tokenizer.json` as it is. */
  readonly tokenizerJson: string;
  /** Whether a text's mean is scaled to length 1. */
  readonly normalize: boolean;
}

const invalid = (message: string): PolicyError => new PolicyError("INVALID_CONFIG", message);

type Signal = {
  readonly signal: AbortSignal | undefined;
  readonly onProgress?: ReadVectorsFileOptions["onProgress"];
};

/** Format, hash and row count of the vectors, with no more kept than a row. */
async function identify(file: string, { vectorsFormat }: Settings, { signal }: Signal) {
  return readVectorsFile(file, {
    limit: 1,
    hash: true,
    ...(vectorsFormat === null ? {} : { format: vectorsFormat }),
    ...(signal === undefined ? {} : { signal }),
  });
}

const whole = { compression: "none", isWhole: true, report: null } as const;

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

/** Each word of the data must have the same vector by the table's look-up and by the reader's own way. */
function verifyComposition(
  model: FastTextModel,
  finder: TokenRowFinder,
  { words, file }: { words: Iterable<string>; file: string },
) {
  const sum = new Float32Array(model.dimension);
  for (const word of words) {
    const { rows } = finder.lookUpOf(word);
    const expected = model.vectorOf(word);
    sum.fill(0);
    for (const row of rows) for (let d = 0; d < sum.length; d++) sum[d]! += model.matrix[row * sum.length + d]!;
    const factor = Math.fround(1 / rows.length);
    if (
      rows.length === 0
        ? expected === undefined
        : expected?.every((value, d) => Object.is(value, Math.fround(sum[d]! * factor)))
    )
      continue;
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
  request: { readonly dataWords: ReadonlySet<string>; readonly rules: readonly LookupRule[] } & Signal,
): Promise<WeightedBase> {
  const file = settings.vectors!;
  const known = await identify(file, settings, request);
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
      ...whole,
      file,
      format: "fasttext",
      sha256: known.sha256!,
      rows,
      loadedRows: model.rows - 1,
      dimension: model.dimension,
    },
  };
}

/**
 * Reads a Model2Vec or sentence-transformers folder with its tokenizer.
 * @throws FormatError; PolicyError INVALID_CONFIG for options that the folder's tokenizer leaves no room for
 */
export async function readPieceBase(settings: Settings, { signal }: Signal): Promise<PieceBase> {
  const folder = settings.vectors!;
  if (settings.oov !== null) {
    throw invalid(
      `${folder} has a tokenizer of its own, which makes every word of pieces that have a row: leave --oov out, or take the folder as a list of words with --tokenizer`,
    );
  }
  if (settings.lowercase !== null) {
    throw invalid(`the tokenizer of ${folder} decides about case: leave --lowercase out, or choose a --tokenizer`);
  }
  const known = await identify(folder, settings, { signal });
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
      ...whole,
      file: folder,
      format: model.format as VectorFormatName,
      sha256: known.sha256!,
      rows: model.rows - 1,
      loadedRows: model.rows - 1,
      dimension: model.dimension,
    },
  };
}

const namesOfPadded = (description: TokenRows, rows: number): string[] =>
  description.kind === "subwords"
    ? namesOfRows(description, rows)
    : ["", ...namesOfRows(shiftRows(description, -1), rows - 1)];

/** The table of a saved model whose tokens are weighted rows. */
export function weightedBaseOfModel(model: LoadedModel, description: TokenRows): WeightedBase {
  const { embeddings, config, folder } = model;
  const { dimension } = config;
  const data = new Float32Array(embeddings.length + dimension);
  data.set(embeddings, dimension);
  const padded = shiftRows(description, 1);
  const rows = embeddings.length / dimension;
  return {
    description: padded,
    finder: createTokenRowFinder(padded),
    rowNames: namesOfPadded(padded, rows + 1),
    data,
    keeps: config.table.keeps,
    base: {
      ...whole,
      file: folder,
      format: "safetensors",
      sha256: config.weights.sha256,
      rows,
      loadedRows: rows,
      dimension,
    },
  };
}
