import type { MovedRow, NeighborOverlap } from "@thawline/core";
import { linearCka } from "../linear/linear-cka.ts";
import { type RowMatrix, selectRows } from "../linear/row-matrix.ts";
import { choose } from "./choose.ts";
import { type FrequencyBand, frequencyBands } from "./frequency-bands.ts";
import { averageCosine, partitionIsotropy } from "./isotropy.ts";
import { type MovedWordNeighbors, movedWordNeighbors } from "./moved-words.ts";
import { neighborChange } from "./neighbor-change.ts";
import { type NormSummary, normSummary } from "./norms.ts";
import { pairTables, type TablePair, type WordTable } from "./pair-tables.ts";
import { type DriftSummary, rowDrifts, summarizeDrifts } from "./row-drifts.ts";
import { type SeenBreak, seenBreak } from "./seen-break.ts";

/** What to measure, and on how much. */
export interface TableDriftOptions {
  /** Occurrences of words in a text, for frequency bands; a word that is not in it counts 0. */
  readonly counts?: ReadonlyMap<string, number>;
  /** Least count of each band, from 0; default 0 and core's `bandStarts`. */
  readonly bandStarts?: readonly number[];
  /** Words that training saw. Default: the moved ones. */
  readonly seen?: { has(word: string): boolean };
  /** Neighbours a row; default 10. */
  readonly k?: number;
  /** At most so many moved rows for neighbour figures; default 200. */
  readonly sample?: number;
  /** Neighbours are sought among at most so many rows; default 10,000. */
  readonly candidates?: number;
  /** At most so many rows for CKA and isotropy; default 10,000. */
  readonly similaritySample?: number;
  /** Default 1. */
  readonly seed?: number;
  /** So many most moved words with their neighbours; default 20. */
  readonly top?: number;
}

/** Isotropy of one table. */
export interface Isotropy {
  /** `averageCosine`; lower is more isotropic. */
  readonly averageCosine: number | null;
  /** `partitionIsotropy`; higher is more isotropic. */
  readonly partition: number | null;
}

/** Drift from one table to another, over the words that they share. Plain data; every figure's definition is with its function. */
export interface TableDrift extends DriftSummary {
  readonly dimension: number;
  readonly sharedRows: number;
  readonly unmovedRows: number;
  readonly onlyBefore: number;
  readonly onlyAfter: number;
  readonly duplicates: { readonly before: number; readonly after: number };
  readonly neighborOverlap: NeighborOverlap;
  /** `linearCka` of before and after, over a seeded sample of moved rows and of all shared rows. */
  readonly cka: {
    readonly moved: number | null;
    readonly shared: number | null;
    readonly movedSample: number;
    readonly sharedSample: number;
  };
  /** Over a seeded sample of shared rows. */
  readonly isotropy: { readonly before: Isotropy; readonly after: Isotropy; readonly sample: number };
  /** Lengths of moved rows. */
  readonly norms: { readonly before: NormSummary; readonly after: NormSummary };
  /** `null` without counts. */
  readonly bands: readonly FrequencyBand[] | null;
  /** `null` where the moved or the never-seen rows are too few. */
  readonly break: SeenBreak | null;
  readonly mostMoved: readonly MovedWordNeighbors[];
  readonly seed: number;
}

const isotropyOf = (matrix: RowMatrix): Isotropy => ({
  averageCosine: averageCosine(matrix),
  partition: partitionIsotropy(matrix),
});

function similarity({ before, after }: TablePair, moved: ArrayLike<number>, options: TableDriftOptions, count: number) {
  const { similaritySample = 10_000, seed = 1 } = options;
  const some = choose(moved, similaritySample, seed);
  const shared = choose(
    Int32Array.from({ length: count }, (_, i) => i),
    similaritySample,
    seed + 1,
  );
  const [old, now] = [selectRows(before, shared), selectRows(after, shared)];
  return {
    cka: {
      moved: linearCka(selectRows(before, some), selectRows(after, some)),
      shared: linearCka(old, now),
      movedSample: some.length,
      sharedSample: shared.length,
    },
    isotropy: { before: isotropyOf(old), after: isotropyOf(now), sample: shared.length },
  };
}

/** Positions of the moved rows that training saw, and of those that it never saw. */
function groupsOf({ words }: TablePair, drifts: readonly MovedRow[], seen: TableDriftOptions["seen"]) {
  const moved = new Set(drifts.map(({ row }) => row));
  const isSeen = (row: number): boolean => (seen === undefined ? moved.has(row) : seen.has(words[row]));
  return {
    moved: [...moved].filter(isSeen),
    neverSeen: words.map((_, row) => row).filter((row) => !isSeen(row)),
  };
}

/**
 * All drift figures of two tables that share words, from any tool: how far rows moved, whether they kept their neighbours
 * and their shape as a whole, where they moved away from words that training never saw, and the words that moved most.
 * Deterministic for a seed. O(V · D + sample · candidates · D + similaritySample · D²).
 * @throws FormatError BAD_VECTOR_FILE where dimensions differ or no word is in both
 * @example
 * const report = tableDrift(before, after, { counts, seen: counts, seed: 1 });
 * report.meanCosineDistance;
 */
export function tableDrift(before: WordTable, after: WordTable, options: TableDriftOptions = {}): TableDrift {
  const pair = pairTables(before, after);
  const { words, onlyBefore, onlyAfter, duplicates } = pair;
  const { counts, seen, top = 20, seed = 1 } = options;
  const drifts = rowDrifts(pair.before, pair.after);
  const moved = Int32Array.from(drifts, ({ row }) => row);
  const rowCounts = counts === undefined ? null : Float64Array.from(words, (word) => counts.get(word) ?? 0);
  return {
    dimension: before.dimension,
    sharedRows: words.length,
    ...summarizeDrifts(drifts),
    unmovedRows: words.length - drifts.length,
    onlyBefore,
    onlyAfter,
    duplicates,
    neighborOverlap: neighborChange({ ...pair, count: words.length }, moved, options),
    ...similarity(pair, moved, options, words.length),
    norms: {
      before: normSummary(selectRows(pair.before, moved)),
      after: normSummary(selectRows(pair.after, moved)),
    },
    bands: rowCounts === null ? null : frequencyBands(drifts, rowCounts, options.bandStarts),
    break: seenBreak({ ...pair, ...groupsOf(pair, drifts, seen) }, options),
    mostMoved: movedWordNeighbors(pair, drifts, { top, counts: rowCounts }),
    seed,
  };
}
