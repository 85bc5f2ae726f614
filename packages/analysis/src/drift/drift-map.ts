import { pca, projectRows } from "../linear/pca.ts";
import { selectRows } from "../linear/row-matrix.ts";
import { pairTables, type WordTable } from "./pair-tables.ts";

/** Where a word stands on a map, before and after. */
export interface MappedWord {
  readonly word: string;
  /** x and y, in units of the vectors. */
  readonly before: readonly [number, number];
  readonly after: readonly [number, number];
}

/** A map in the plane. */
export interface DriftMap {
  readonly words: readonly MappedWord[];
  /** Share of the variance of all places that the two axes show, each in [0, 1]. */
  readonly explained: readonly [number, number];
}

/**
 * A 2-D map of words before and after: the first two principal components of their vectors before and after together, so
 * that an arrow from one place to the other is the projection of the word's move. Words that either table lacks are left
 * out. `null` for fewer than two words, or vectors of one number.
 * @remarks Distances on the map are shorter than in the space; `explained` says by how much.
 * @throws FormatError BAD_VECTOR_FILE where dimensions differ or no word is in both tables
 */
export function driftMap(before: WordTable, after: WordTable, words: readonly string[]): DriftMap | null {
  const pair = pairTables(before, after);
  const place = new Map(pair.words.map((word, row) => [word, row]));
  const rows = [...new Set(words)].flatMap((word) => place.get(word) ?? []);
  const { dimension } = before;
  if (rows.length < 2 || dimension < 2) return null;
  const both = new Float64Array(2 * rows.length * dimension);
  [pair.before, pair.after].forEach((side, half) => {
    const chosen = selectRows(side, rows);
    rows.forEach((_, i) => {
      const start = (chosen.rows?.[i] ?? i) * dimension;
      both.set(side.data.subarray(start, start + dimension), (half * rows.length + i) * dimension);
    });
  });
  const axes = pca({ data: both, dimension }, 2);
  const places = projectRows(axes, { data: both, dimension });
  const at = (i: number): readonly [number, number] => [places[2 * i], places[2 * i + 1]];
  return {
    words: rows.map((row, i) => ({ word: pair.words[row], before: at(i), after: at(rows.length + i) })),
    explained: [axes.explained[0], axes.explained[1]],
  };
}
