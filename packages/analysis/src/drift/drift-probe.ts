import type { FloatArray } from "@thawline/core";
import { linearCka } from "../linear/linear-cka.ts";
import { type RowMatrix, selectRows } from "../linear/row-matrix.ts";
import { choose } from "./choose.ts";
import { averageCosine, partitionIsotropy } from "./isotropy.ts";
import { neighborChange } from "./neighbor-change.ts";
import { seenBreak } from "./seen-break.ts";

/** Drift figures of a fixed sample of rows, as a probe measures them. Plain data; definitions in docs/drift-figures.md. */
export interface SampledDrift {
  /** Share of the k nearest rows of the sample that seen rows kept, in [0, 1]. */
  readonly neighborOverlap: number;
  /** Linear CKA of the seen rows before and now; `null` without variance. */
  readonly cka: number | null;
  readonly averageCosine: number | null;
  readonly partitionIsotropy: number | null;
  /** `SeenBreak.gap`; `null` where either group has too few rows. */
  readonly breakGap: number | null;
  readonly k: number;
  /** Rows of each kind in the sample. */
  readonly seenRows: number;
  readonly neverSeenRows: number;
  /** Seen rows whose neighbours are compared. */
  readonly queries: number;
  readonly seed: number;
}

/** What a probe looks at. */
export interface DriftProbeOptions {
  /** Rows that training sees, and rows that it never sees. */
  readonly seen: ArrayLike<number>;
  readonly neverSeen: ArrayLike<number>;
  readonly dimension: number;
  /** A row's values now; borrowed until the next call. Read at once, and again at each measurement. */
  readonly read: (row: number) => FloatArray;
  /** At most so many rows of each kind; default 500. */
  readonly rows?: number;
  /** At most so many rows whose neighbours are compared; default 50. */
  readonly queries?: number;
  /** Default 10. */
  readonly k?: number;
  /** Default 1. */
  readonly seed?: number;
}

function gather(rows: ArrayLike<number>, { dimension, read }: DriftProbeOptions): RowMatrix {
  const data = new Float64Array(rows.length * dimension);
  for (let i = 0; i < rows.length; i++) data.set(read(rows[i]), i * dimension);
  return { data, dimension };
}

/**
 * Chooses a seeded sample of rows, keeps their values, and returns a function that measures how they have drifted since:
 * cheap enough (O(rows · (queries + D) · D)) for each epoch's end. The sample is the same throughout, so that figures of
 * different epochs can be compared; it is not that of `tableDrift`, so those of the two cannot.
 */
export function createDriftProbe(options: DriftProbeOptions): () => SampledDrift {
  const { rows = 500, queries = 50, k = 10, seed = 1 } = options;
  const seen = choose(options.seen, rows, seed);
  const neverSeen = choose(options.neverSeen, rows, seed + 1);
  // Ascending, so that of equally near rows the lower one counts, as everywhere.
  const sample = Int32Array.from([...seen, ...neverSeen]).sort();
  const place = new Map(Array.from(sample, (row, i) => [row, i]));
  const placesOf = (group: Int32Array): Int32Array => group.map((row) => place.get(row) ?? 0);
  const groups = { moved: placesOf(seen), neverSeen: placesOf(neverSeen) };
  const before = gather(sample, options);
  const sizes = { k, sample: queries, candidates: sample.length, seed };
  return () => {
    const after = gather(sample, options);
    const kept = neighborChange({ before, after, count: sample.length }, groups.moved, sizes);
    return {
      neighborOverlap: kept.overlap,
      cka: linearCka(selectRows(before, groups.moved), selectRows(after, groups.moved)),
      averageCosine: averageCosine(after),
      partitionIsotropy: partitionIsotropy(after),
      breakGap: seenBreak({ before, after, ...groups }, sizes)?.gap ?? null,
      k,
      seenRows: seen.length,
      neverSeenRows: neverSeen.length,
      queries: kept.sample,
      seed,
    };
  };
}
