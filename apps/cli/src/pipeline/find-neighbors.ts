import { nearestName, rowDrift } from "@thawline/core";
import { nearestNeighbors, type VectorFormatName, type VectorTable } from "@thawline/vectors";
import { type ReadVectorsFileOptions, readVectorsFile } from "@thawline/vectors/node";

type Neighbors = readonly { readonly word: string; readonly cosine: number }[];

/** The company of one word. */
export interface WordNeighbors {
  readonly word: string;
  /** Null where the word's vector is zero: it has no direction. */
  readonly neighbors: Neighbors | null;
  /** In the other file; null without one, or where the word is not in it. */
  readonly after: Neighbors | null;
  /** Cosine distance of the word's vectors in both files. */
  readonly distance: number | null;
}

/** What `neighbors --json` prints. */
export interface NeighborsResult {
  readonly command: "neighbors";
  readonly vectors: string;
  readonly compare: string | null;
  readonly k: number;
  readonly words: readonly WordNeighbors[];
  /** Words that the file lacks, with what is near them in writing. */
  readonly unknown: readonly { readonly word: string; readonly suggestions: readonly string[] }[];
}

const vectorOf = ({ words, data, dimension }: VectorTable, word: string): Float32Array | null => {
  const row = words.indexOf(word);
  return row < 0 ? null : data.subarray(row * dimension, (row + 1) * dimension);
};

function neighborsIn(table: VectorTable, word: string, k: number): Neighbors | null {
  const vector = vectorOf(table, word);
  if (vector === null || vector.every((value) => value === 0)) return null;
  return nearestNeighbors(table, word, k).map((each) => ({ word: each.word, cosine: each.cosine }));
}

/** How many words are compared letter by letter: the first, which are the frequent ones. */
const spellingSample = 50_000;

/** The word in another case, or else the one nearest in spelling. */
function suggestionsFor(word: string, words: readonly string[]): string[] {
  const lower = word.toLowerCase();
  const sameLetters = words.filter((each) => each.length === word.length && each.toLowerCase() === lower).slice(0, 5);
  if (sameLetters.length > 0) return sameLetters;
  const similar = words.slice(0, spellingSample).filter((each) => Math.abs(each.length - word.length) <= 2);
  const closest = nearestName(word, similar);
  return closest === undefined ? [] : [closest];
}

function distanceBetween(a: Float32Array | null, b: Float32Array | null): number | null {
  if (a === null || b === null || a.length !== b.length) return null;
  return rowDrift({ values: a, at: 0 }, { values: b, at: 0 }, a.length).cosineDistance;
}

/** The `k` nearest neighbours of words in a vector file, and in another to compare it with. @throws FormatError BAD_VECTOR_FILE */
export async function findNeighbors(
  file: string,
  words: readonly string[],
  options: Pick<ReadVectorsFileOptions, "onProgress"> & {
    readonly k: number;
    readonly compare?: string;
    readonly vectorsFormat?: VectorFormatName;
  },
): Promise<NeighborsResult> {
  const { k, compare, vectorsFormat, onProgress } = options;
  const shown = onProgress === undefined ? {} : { onProgress };
  const table = await readVectorsFile(file, {
    ...shown,
    ...(vectorsFormat === undefined ? {} : { format: vectorsFormat }),
  });
  const other = compare === undefined ? null : await readVectorsFile(compare, shown);
  const known = new Set(table.words);
  return {
    command: "neighbors",
    vectors: file,
    compare: compare ?? null,
    k,
    words: words
      .filter((word) => known.has(word))
      .map((word) => ({
        word,
        neighbors: neighborsIn(table, word, k),
        after: other === null ? null : neighborsIn(other, word, k),
        distance: other === null ? null : distanceBetween(vectorOf(table, word), vectorOf(other, word)),
      })),
    unknown: words
      .filter((word) => !known.has(word))
      .map((word) => ({ word, suggestions: suggestionsFor(word, table.words) })),
  };
}
