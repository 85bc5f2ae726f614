import { type AlignedTable, type AlignOptions, alignVocabulary } from "../vocabulary/align-vocabulary.ts";
import type { LoadedVectors } from "../vocabulary/loaded-vectors.ts";
import { createLookup, wantedForms } from "../vocabulary/lookup.ts";

/** A table to extend, and by what. */
export interface ExtendOptions extends Omit<AlignOptions, "vectors" | "keep"> {
  /** The trained table, borrowed: `words[i]` is that of row i. Row 0 may be padding (""), as in an `AlignedTable`. */
  readonly table: Pick<AlignedTable, "words" | "data" | "dimension">;
  /** Vectors for words that the table lacks, of the same dimension. Without: `oov` for all of them. */
  readonly vectors?: LoadedVectors;
}

/** The extended table. Its first rows are the trained ones. */
export interface ExtendedTable extends AlignedTable {
  /** Rows 1 to `keptRows` are the rows of the table that was extended, to the bit and in its order. */
  readonly keptRows: number;
  /** Rows after them that came from `vectors`; those that `oov` filled follow. */
  readonly addedRows: number;
}

/** Places in `vectors` of the forms of words that the table does not find, each once, in the order of the vectors. */
function newPlaces(tableWords: readonly string[], vectors: LoadedVectors, options: ExtendOptions): number[] {
  const { words, rules = ["exact"] } = options;
  const trained = createLookup(["", ...tableWords], { rules });
  const lacking = words.filter((word) => word !== "" && trained.ruleOf(word) === -1);
  const places = new Map<string, number>();
  const forms = wantedForms(lacking, rules);
  vectors.words.forEach((word, place) => {
    if (forms.has(word) && !places.has(word)) places.set(word, place);
  });
  // A form that a better rule makes unnecessary stays out: of Cat and cat, only what the look-up would take.
  const needed = new Set<number>();
  const found = createLookup(["", ...places.keys()], { rules });
  const inOrder = [...places.values()];
  for (const word of lacking) {
    const row = found.rowOf(word);
    if (row > 0) needed.add(inOrder[row - 1]!);
  }
  return [...needed].sort((a, b) => a - b);
}

/** Most rows that words without any vector can need, and one for unknown ones. */
function lackingRows(tableWords: readonly string[], { words, rules = ["exact"], oov }: ExtendOptions): number {
  if (oov === "unk") return 1;
  const trained = createLookup(["", ...tableWords], { rules });
  return words.filter((word) => word !== "" && trained.ruleOf(word) === -1).length;
}

/**
 * Extends a trained table by the words of new data, so that every token that it knew keeps its row, number and content.
 * A word that the table finds under any rule keeps that row, even where `vectors` have it under a better one; a word that
 * it does not find gets its row of `vectors`, or what `oov` says. The mean and spread for `oov` are those of all rows
 * before.
 * @throws ThawlineError NO_VOCABULARY_OVERLAP where neither table nor vectors have any of the words; INVALID_CONFIG for
 * an unknown name
 * @throws RangeError for vectors of another dimension, or a data array of another size
 */
export function extendAlignment(options: ExtendOptions): ExtendedTable {
  const { table, vectors, words, oov, seed, rules = ["exact"] } = options;
  const { dimension } = table;
  if (table.data.length !== table.words.length * dimension) {
    const expected = `${table.words.length} rows of ${dimension}`;
    throw new RangeError(`table.data holds ${expected} float32, got ${table.data.length}`);
  }
  if (vectors !== undefined && vectors.dimension !== dimension) {
    throw new RangeError(
      `expected vectors of dimension ${dimension}, as the table has; these have ${vectors.dimension}`,
    );
  }
  const padding = table.words[0] === "" ? 1 : 0;
  const keptWords = table.words.slice(padding);
  const places = vectors === undefined ? [] : newPlaces(keptWords, vectors, options);
  const { data: newData, words: newWords, firstRow = 0 } = vectors ?? { data: table.data, words: [] };
  // With padding in front and room behind for words without a vector, so that this array becomes the table: no copy of it.
  const data = new Float32Array((1 + keptWords.length + places.length + lackingRows(keptWords, options)) * dimension);
  data.set(table.data.subarray(padding * dimension), dimension);
  places.forEach((place, i) => {
    const start = (firstRow + place) * dimension;
    data.set(newData.subarray(start, start + dimension), (1 + keptWords.length + i) * dimension);
  });
  const all = [...keptWords, ...places.map((place) => newWords[place]!)];
  const { getsRow } = options;
  const aligned = alignVocabulary({
    words,
    vectors: { words: all, dimension, data, firstRow: 1 },
    oov,
    seed,
    rules,
    ...(getsRow === undefined ? {} : { getsRow }),
  });
  return { ...aligned, keptRows: keptWords.length, addedRows: places.length };
}
