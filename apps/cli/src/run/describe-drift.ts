import {
  type DriftReport,
  type EmbeddingTable,
  type FloatArray,
  type MovedRow,
  neighborOverlap,
  rowOf,
} from "@thawline/core";
import { nearestNeighbors } from "@thawline/vectors";
import { defaults } from "../pipeline/defaults.ts";
import type { Prepared } from "../pipeline/prepare.ts";
import type { MovedWord, RunDocument } from "./document.ts";
import type { FrozenRows } from "./frozen-rows.ts";

const neighborsShown = 5;
/** Neighbours are sought among so many of the first rows of the file, the frequent words. */
const neighborRows = 30_000;

type Source = Pick<Prepared, "table" | "aligned" | "rowCounts" | "settings">;

/** The first rows of the file, before and after training, as two small tables. */
function neighborhood({ table, aligned }: Source) {
  const { dimension, anchor } = table;
  const rows = Math.min(aligned.fileRows, neighborRows);
  const words = aligned.words.slice(1, 1 + rows);
  const before = anchor.subarray(dimension, (1 + rows) * dimension) as Float32Array;
  const after = new Float32Array(before);
  for (const row of table.activeRows) if (row <= rows) after.set(rowOf(table, row), (row - 1) * dimension);
  return { before: { words, data: before, dimension }, after: { words, data: after, dimension } };
}

function nearestWords(
  table: { words: readonly string[]; data: Float32Array; dimension: number },
  query: FloatArray,
  { word, k }: { readonly word: string; readonly k: number },
) {
  if (query.every((value) => value === 0)) return [];
  return nearestNeighbors(table, query, k + 1)
    .map((neighbor) => neighbor.word)
    .filter((other) => other !== word)
    .slice(0, k);
}

const before = (table: EmbeddingTable, row: number): FloatArray =>
  table.anchor.subarray(row * table.dimension, (row + 1) * table.dimension);

/** Rows that moved far as words, each with its `k` nearest words before and after among the first rows of the file. */
export function describeMovedWords(source: Source, moved: readonly MovedRow[], k = neighborsShown): MovedWord[] {
  if (moved.length === 0) return [];
  const { table, aligned, rowCounts } = source;
  const near = neighborhood(source);
  return moved.map(({ row, cosineDistance, l2 }) => {
    const word = aligned.words[row]!;
    return {
      word,
      cosineDistance,
      l2,
      count: rowCounts[row]!,
      neighborsBefore: nearestWords(near.before, before(table, row), { word, k }),
      neighborsAfter: nearestWords(near.after, rowOf(table, row), { word, k }),
    };
  });
}

/** What moved, how far, and into what company. */
export function describeDrift(
  source: Source,
  report: DriftReport,
  frozen: FrozenRows,
): NonNullable<RunDocument["drift"]> {
  const { table, aligned, settings } = source;
  return {
    movedRows: report.movedRows,
    frozenRows: aligned.fileRows - report.movedRows,
    movedNewRows: report.movedNewRows,
    frozenRowsBitIdentical: frozen.bitIdentical,
    meanCosineDistance: report.meanCosineDistance,
    p95CosineDistance: report.p95CosineDistance,
    meanL2: report.meanL2,
    maxL2: report.maxL2,
    neighborOverlapAt10: neighborOverlap(table, { k: 10, seed: settings.seed }).overlap,
    mostMoved: describeMovedWords(source, report.mostMoved.slice(0, defaults.mostMoved)),
  };
}
