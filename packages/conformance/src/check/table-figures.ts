import { tableDrift } from "@thawline/analysis";
import { type EmbeddingTable, neighborOverlap, rowOf } from "@thawline/core";

/** What figures of a table as a whole are measured with. */
export interface TableFigureOptions {
  /** Neighbours a row. */
  readonly k: number;
  /** Times that each row was looked up, `[V]`; 0: never seen. */
  readonly counts: readonly number[];
  readonly bandStarts: readonly number[];
}

/** Figures by name: lists of numbers, each measured as one. */
export type TableFigures = Readonly<Record<string, readonly number[]>>;

/** Names for rows, padding (row 0) left out. */
const wordOf = (row: number): string => `row ${row}`;

/** Drift figures of a trained table as analysis and core report them; those of analysis are of every row but padding. */
export function measuredFigures(table: EmbeddingTable, { k, counts, bandStarts }: TableFigureOptions): TableFigures {
  const { dimension, anchor, rows } = table;
  const words = Array.from({ length: rows - 1 }, (_, i) => wordOf(i + 1));
  const after = Float64Array.from(words.flatMap((_, i) => Array.from(rowOf(table, i + 1))));
  const report = tableDrift(
    { words, dimension, data: anchor, firstRow: 1 },
    { words, dimension, data: after },
    {
      k,
      bandStarts,
      counts: new Map(words.map((word, i) => [word, counts[i + 1]!])),
      seen: new Set(words.filter((_, i) => counts[i + 1]! > 0)),
    },
  );
  const { break: gap, isotropy, bands, cka } = report;
  return {
    "neighbour overlap": [neighborOverlap(table, { k }).overlap, report.neighborOverlap.overlap],
    "linear CKA": [cka.moved ?? Number.NaN, cka.shared ?? Number.NaN],
    "average cosine": [isotropy.before.averageCosine ?? Number.NaN, isotropy.after.averageCosine ?? Number.NaN],
    "partition isotropy": [isotropy.before.partition ?? Number.NaN, isotropy.after.partition ?? Number.NaN],
    "break between seen and never-seen rows":
      gap === null
        ? []
        : [
            gap.neverSeenShareBefore,
            gap.neverSeenShareAfter,
            gap.cosineToMovedBefore,
            gap.cosineToMovedAfter,
            gap.cosineToNeverSeenBefore,
            gap.cosineToNeverSeenAfter,
          ],
    "frequency bands": (bands ?? []).flatMap((band) => [band.rows, band.movedRows]),
    "cosine distance by band": (bands ?? []).map((band) => band.meanCosineDistance),
    "L2 by band": (bands ?? []).map((band) => band.meanL2),
  };
}
