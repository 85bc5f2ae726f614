import type { Tokenizer } from "@thawline/text";
import type { LoadedModel } from "../model/load-model.ts";
import {
  createTokenRowFinder,
  namesOfRows,
  shiftRows,
  type TokenRowFinder,
  type TokenRows,
} from "../model/token-rows.ts";
import type { BaseVectors } from "./base-vectors.ts";

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

/** Facts of a table that is kept as it was read. */
export const wholeTable = { compression: "none", isWhole: true, report: null } as const;

/** Names of the rows of a table with padding in front. */
export const namesOfPadded = (description: TokenRows, rows: number): string[] =>
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
      ...wholeTable,
      file: folder,
      format: "safetensors",
      sha256: config.weights.sha256,
      rows,
      loadedRows: rows,
      dimension,
    },
  };
}
