import { nearestName, ThawlineError } from "@thawline/core";
import type { LoadedVectors } from "./loaded-vectors.ts";
import { indexWords, type Lookup, type LookupRule, lookupIn } from "./lookup.ts";
import { noOverlap } from "./no-overlap.ts";
import { createOovFiller, type OovStrategy, oovStrategies } from "./oov-rows.ts";
import { keptRows, placeRows } from "./place-rows.ts";

/** Names under which files keep the row of unknown words, the surest first. */
export const unknownWords: readonly string[] = ["<unk>", "[UNK]", "UNK", "unk"];

/** What to align, and how. */
export interface AlignOptions {
  /** Words of the training data, as `Vocabulary.words`; "" (padding) is passed over. */
  readonly words: readonly string[];
  readonly vectors: LoadedVectors;
  readonly oov: OovStrategy;
  /** Whether a word without a vector gets a row of its own, where `oov` makes such rows. Default all do. */
  readonly getsRow?: (word: string) => boolean;
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
  /** [W] per entry of `AlignOptions.words`: its row; 0 for padding, −1 where `getsRow` denied it one. */
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
  /** Whether a token finds a row that came from the file; what `coverage` asks for. */
  hasVector(token: string): boolean;
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

/** Looks each word up in the file: by which rule, in which of its rows, and which words are not there. */
function findWords(
  words: readonly string[],
  lookup: Lookup,
  getsRow: (word: string) => boolean,
): { readonly found: Uint8Array; readonly needed: number[]; readonly oovWords: readonly string[] } {
  const found = new Uint8Array(words.length);
  const needed: number[] = [];
  const oovWords = new Set<string>();
  words.forEach((word, i) => {
    if (word === "") return;
    const rule = lookup.ruleOf(word);
    found[i] = rule + 1;
    if (rule === -1) {
      if (getsRow(word)) oovWords.add(word);
    } else needed.push(lookup.rowOf(word) - 1);
  });
  return { found, needed, oovWords: [...oovWords] };
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
  const { words, vectors, oov, seed, rules = ["exact"], keep = "all", getsRow = () => true } = options;
  const { dimension } = vectors;
  const fileIndex = indexWords(["", ...vectors.words]);
  const { found, needed, oovWords } = findWords(words, lookupIn(fileIndex, { rules, unknownRow: -1 }), getsRow);
  if (needed.length === 0) throw noOverlap(words, vectors.words);

  const unknownWord = oov === "unk" ? (unknownWords.find((word) => vectors.words.includes(word)) ?? null) : null;
  if (unknownWord !== null) needed.push(vectors.words.indexOf(unknownWord));
  const kept = keptRows(vectors.words.length, keep, needed);
  const keptWords = kept === undefined ? vectors.words : Array.from(kept, (row) => vectors.words[row]!);
  const ownWords = oov !== "unk" ? oovWords : unknownWord === null ? ["<unk>"] : [];
  const firstOwn = 1 + keptWords.length;
  const fill = ownWords.length === 0 ? undefined : createOovFiller(oov, vectors, seed);
  const data = placeRows(vectors, kept, ownWords.length);
  ownWords.forEach((word, i) => {
    fill?.(data.subarray((firstOwn + i) * dimension, (firstOwn + i + 1) * dimension), word);
  });

  const tableWords = ["", ...keptWords, ...ownWords];
  const unknownRow = oov !== "unk" ? -1 : unknownWord === null ? firstOwn : tableWords.indexOf(unknownWord, 1);
  if (kept === undefined) for (let row = firstOwn; row < tableWords.length; row++) fileIndex.set(tableWords[row]!, row);
  const lookup = lookupIn(kept === undefined ? fileIndex : indexWords(tableWords), { rules, unknownRow });
  const rows = Int32Array.from(words, (word) => (word === "" ? 0 : lookup.rowOf(word)));
  const fileRows = keptWords.length;
  const hasVector = (token: string): boolean => lookup.ruleOf(token) !== -1 && lookup.rowOf(token) <= fileRows;
  return {
    words: tableWords,
    dimension,
    data,
    fileRows,
    found,
    rows,
    oovWords,
    unknownRow,
    unknownWord,
    oov,
    lookup,
    hasVector,
  };
}
