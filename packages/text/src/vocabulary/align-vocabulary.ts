import { ThawlineError } from "@thawline/core";
import { nearestName } from "../util/nearest-name.ts";
import { quoteText } from "../util/quote-text.ts";
import { createLookup, type Lookup, type LookupRule } from "./lookup.ts";
import { type TableMoments, tableMoments } from "./table-moments.ts";
import { wordRandom } from "./word-random.ts";

/** What a word of the data without a vector gets. */
export type OovStrategy = "random" | "mean" | "zero" | "unk";

/** Every strategy's name. */
export const oovStrategies: readonly OovStrategy[] = ["random", "mean", "zero", "unk"];

/** Names under which files keep the row of unknown words, the surest first. */
const unknownWords: readonly string[] = ["<unk>", "[UNK]", "UNK", "unk"];

/** Vectors as read from a file; distinct words in file order. */
export interface LoadedVectors {
  readonly words: readonly string[];
  readonly dimension: number;
  /** [R, D] float32, R ≥ `firstRow` + words; the row of `words[i]` is `firstRow + i`. Rows before and after are spare. */
  readonly data: Float32Array;
  /** Default 0. With 1, all rows kept and spare rows enough at the end, `data` itself becomes the table. */
  readonly firstRow?: number;
}

/** What to align, and how. */
export interface AlignOptions {
  /** Words of the training data, as `Vocabulary.words`; "" (padding) is passed over. */
  readonly words: readonly string[];
  readonly vectors: LoadedVectors;
  readonly oov: OovStrategy;
  /** A safe integer; matters to `random`. */
  readonly seed: number;
  /** Ways to look a word up. Default exact only. */
  readonly rules?: readonly LookupRule[];
  /** Rows of the file to keep: all (default), those of the data's words, or the first N and those. */
  readonly keep?: "all" | "data" | number;
}

/** A table whose rows belong to words, and how each word of the data found its row. */
export interface AlignedTable {
  /** [V] word of each row: row 0 is padding (""), then the file's rows in file order, then words without a vector. */
  readonly words: readonly string[];
  readonly dimension: number;
  /** [V, D] float32; row 0 is zeros. Owned by the caller; the caller's own `vectors.data` where its rows were reused. */
  readonly data: Float32Array;
  /** Number of rows that came from the file: rows 1 to `fileRows`. */
  readonly fileRows: number;
  /** [W] per entry of `AlignOptions.words`: 0 no vector, else 1 + the place of the rule that found it. */
  readonly found: Uint8Array;
  /** [W] per entry of `AlignOptions.words`: its row; 0 for padding. */
  readonly rows: Int32Array;
  /** Words of the data without a vector, in the data's order. With `unk` they share `unknownRow`, else each has a row. */
  readonly oovWords: readonly string[];
  /** Row shared by unknown words (`unk` only), or -1. */
  readonly unknownRow: number;
  /** The file's own unknown word, where `unk` uses it, or null: the row is then the mean of the file's rows. */
  readonly unknownWord: string | null;
  readonly oov: OovStrategy;
  /** Look-up over `words`, for new text: what it does not find gets `unknownRow`. */
  readonly lookup: Lookup;
}

function checkOptions({ oov, vectors, keep = "all", seed }: AlignOptions): void {
  if (!oovStrategies.includes(oov)) {
    const hint = `did you mean "${nearestName(String(oov), oovStrategies)}"? Known: ${oovStrategies.join(", ")}`;
    throw new ThawlineError("INVALID_CONFIG", `unknown out-of-vocabulary strategy "${oov}"; ${hint}`);
  }
  if (!Number.isSafeInteger(seed)) throw new RangeError(`a seed is a safe integer, got ${seed}`);
  if (typeof keep === "number" && !(Number.isSafeInteger(keep) && keep >= 0)) {
    throw new RangeError(`keep is "all", "data" or a number of rows, got ${keep}`);
  }
  const rows = (vectors.firstRow ?? 0) + vectors.words.length;
  if (vectors.data.length < rows * vectors.dimension) {
    const expected = `${rows} rows of ${vectors.dimension}`;
    throw new RangeError(`vectors.data holds ${expected} float32, got ${vectors.data.length}`);
  }
}

/** The error of a vocabulary that shares no word with its vectors, with what lower-casing would change, counted. */
function noOverlap(words: readonly string[], vectorWords: readonly string[]): ThawlineError {
  const real = words.filter((word) => word !== "");
  const show = (list: readonly string[]): string =>
    list
      .slice(0, 5)
      .map((word) => quoteText(word, 20))
      .join(", ");
  const has = new Set(vectorWords);
  const lowered = real.filter((word) => has.has(word.toLowerCase())).length;
  const advice =
    lowered > 0
      ? `Lower-casing would find ${lowered} of ${real.length}: set lowercase`
      : "Is it the right file, its language and script those of the text, and does the tokenizer fit?";
  const sides = `the text has ${show(real) || "no word"}; the vectors have ${show(vectorWords) || "no word"}`;
  const message = `none of the text's ${real.length} words has a vector: ${sides}. ${advice}`;
  return new ThawlineError("NO_VOCABULARY_OVERLAP", message);
}

/** Which rows of the file stay, ascending; undefined: all. */
function keptRows(options: AlignOptions, needed: readonly number[]): Int32Array | undefined {
  const { keep = "all", vectors } = options;
  if (keep === "all" || (typeof keep === "number" && keep >= vectors.words.length)) return undefined;
  const isKept = new Uint8Array(vectors.words.length);
  isKept.fill(1, 0, keep === "data" ? 0 : keep);
  for (const row of needed) isKept[row] = 1;
  const kept = new Int32Array(isKept.reduce((sum, one) => sum + one, 0));
  let end = 0;
  for (let row = 0; row < isKept.length; row++) if (isKept[row] === 1) kept[end++] = row;
  return kept;
}

/** The table with the kept rows in place and `extra` rows after them: the loaded array itself where that fits. */
function placeRows(vectors: LoadedVectors, kept: Int32Array | undefined, extra: number): Float32Array {
  const { data, dimension, firstRow = 0 } = vectors;
  const fileRows = kept?.length ?? vectors.words.length;
  const size = (1 + fileRows + extra) * dimension;
  if (kept === undefined && firstRow === 1 && data.length >= size) {
    data.fill(0, 0, dimension);
    return data.subarray(0, size);
  }
  const table = new Float32Array(size);
  if (kept === undefined) {
    table.set(data.subarray(firstRow * dimension, (firstRow + fileRows) * dimension), dimension);
    return table;
  }
  for (let row = 0; row < fileRows; row++) {
    const start = (firstRow + kept[row]!) * dimension;
    table.set(data.subarray(start, start + dimension), (1 + row) * dimension);
  }
  return table;
}

/** Writes the row of a word without a vector. */
function fillRow(
  row: Float32Array,
  word: string,
  fill: { oov: OovStrategy; seed: number; moments: TableMoments },
): void {
  const { mean, standardDeviation } = fill.moments;
  if (fill.oov === "zero") row.fill(0);
  else if (fill.oov === "random") {
    const random = wordRandom(word, fill.seed);
    for (let d = 0; d < row.length; d++) row[d] = mean[d]! + standardDeviation[d]! * random.nextNormal();
  } else row.set(mean);
}

/**
 * Gives every word of the data a row of the vectors, and those without one what `oov` says:
 * - `random`: normal draws with the loaded rows' own mean and standard deviation in each dimension, seeded by the word;
 * - `mean`: the mean of the loaded rows; `zero`: zeros;
 * - `unk`: all share one row, the file's own (`<unk>`, `[UNK]`, `UNK` or `unk`) or else the mean of the loaded rows.
 *
 * A word found by a later rule (lower-cased) shares the row of the form that was found. Words new at prediction time are
 * dropped, except that `unk` gives them its row. Rows are copied once, or not at all: see `LoadedVectors.firstRow`.
 * @throws ThawlineError NO_VOCABULARY_OVERLAP where no word of the data has a vector; INVALID_CONFIG for an unknown name
 * @throws RangeError for a seed, `keep` or array size that cannot be
 */
export function alignVocabulary(options: AlignOptions): AlignedTable {
  checkOptions(options);
  const { words, vectors, oov, seed, rules = ["exact"] } = options;
  const fileLookup = createLookup(["", ...vectors.words], { rules });
  const found = Uint8Array.from(words, (word) => (word === "" ? 0 : fileLookup.ruleOf(word) + 1));
  const needed = words.filter((_, i) => found[i] !== 0).map((word) => fileLookup.rowOf(word) - 1);
  if (needed.length === 0) throw noOverlap(words, vectors.words);
  const oovWords = [...new Set(words.filter((word, i) => found[i] === 0 && word !== ""))];

  const exact = createLookup(["", ...vectors.words]);
  const unknownWord = oov === "unk" ? (unknownWords.find((word) => exact.rowOf(word) !== -1) ?? null) : null;
  if (unknownWord !== null) needed.push(exact.rowOf(unknownWord) - 1);
  const kept = keptRows(options, needed);
  const extraWords = oov !== "unk" ? oovWords : unknownWord === null ? ["<unk>"] : [];
  const keptWords = kept === undefined ? vectors.words : Array.from(kept, (row) => vectors.words[row]!);
  const { dimension } = vectors;
  const moments = tableMoments(vectors.data, {
    rows: vectors.words.length,
    dimension,
    firstRow: vectors.firstRow ?? 0,
  });
  const data = placeRows(vectors, kept, extraWords.length);
  const firstExtra = 1 + keptWords.length;
  extraWords.forEach((word, i) => {
    const start = (firstExtra + i) * dimension;
    fillRow(data.subarray(start, start + dimension), word, { oov, seed, moments });
  });
  const tableWords = ["", ...keptWords, ...extraWords];
  const unknownRow = oov !== "unk" ? -1 : unknownWord === null ? firstExtra : tableWords.indexOf(unknownWord, 1);
  const lookup = createLookup(tableWords, { rules, unknownRow });
  const rows = Int32Array.from(words, (word) => (word === "" ? 0 : lookup.rowOf(word)));
  return {
    words: tableWords,
    dimension,
    data,
    fileRows: keptWords.length,
    found,
    rows,
    oovWords,
    unknownRow,
    unknownWord,
    oov,
    lookup,
  };
}
