import type { EmbeddingTable } from "../embedding/table.ts";
import { rowOf } from "../embedding/table.ts";
import type { FloatArray } from "../tensor.ts";
import { createRandom } from "../util/random.ts";

/** How neighbour overlap was taken; part of the figure. */
export interface NeighborOverlap {
  /** Mean share of the k nearest neighbours that are the same before and after, in [0, 1]; 1 where nothing moved. */
  readonly overlap: number;
  readonly k: number;
  /** Moved rows whose neighbours were compared. */
  readonly sample: number;
  /** Rows among which neighbours were sought. */
  readonly candidates: number;
  readonly seed: number;
}

/** Sizes of the measurement. */
export interface NeighborOverlapOptions {
  /** Default 10. */
  readonly k?: number;
  /** At most so many moved rows are measured; default 200. */
  readonly sample?: number;
  /** Neighbours are sought among at most so many rows; default 10,000. */
  readonly candidates?: number;
  readonly seed?: number;
}

/** Seeded choice of at most `count` of `from`, ascending. */
function choose(from: readonly number[], count: number, seed: number): number[] {
  if (from.length <= count) return [...from];
  const random = createRandom(seed);
  const pool = Int32Array.from(from);
  for (let i = 0; i < count; i++) {
    const j = i + random.nextBelow(pool.length - i);
    const kept = pool[i]!;
    pool[i] = pool[j]!;
    pool[j] = kept;
  }
  return Array.from(pool.subarray(0, count)).sort((a, b) => a - b);
}

/** Rows scaled to norm 1 (zero rows stay zero), `[rows.length, D]`. */
function normalised(rows: readonly number[], dimension: number, read: (row: number) => FloatArray): Float64Array {
  const result = new Float64Array(rows.length * dimension);
  rows.forEach((row, i) => {
    const values = read(row);
    let sum = 0;
    for (let d = 0; d < dimension; d++) sum += values[d]! * values[d]!;
    const scale = sum > 0 ? 1 / Math.sqrt(sum) : 0;
    for (let d = 0; d < dimension; d++) result[i * dimension + d] = values[d]! * scale;
  });
  return result;
}

/** Indices of the k candidates of largest cosine with candidate `query`, itself left out; ties go to the lower index. */
function nearest(units: Float64Array, dimension: number, query: number, k: number): number[] {
  const count = units.length / dimension;
  const best: number[] = [];
  const scores: number[] = [];
  for (let i = 0; i < count; i++) {
    if (i === query) continue;
    let dot = 0;
    for (let d = 0; d < dimension; d++) dot += units[query * dimension + d]! * units[i * dimension + d]!;
    if (best.length === k && dot <= scores[k - 1]!) continue;
    let at = best.length;
    while (at > 0 && scores[at - 1]! < dot) at--;
    best.splice(at, 0, i);
    scores.splice(at, 0, dot);
    if (best.length > k) {
      best.pop();
      scores.pop();
    }
  }
  return best;
}

/**
 * Share of nearest neighbours (by cosine) that moved rows keep, over a seeded sample. Rows made up at the start are
 * left out on both sides; padding too.
 * @remarks The overlap of k-nearest-neighbour sets as in Wendlandt et al. 2018, "Factors influencing the surprising
 * instability of word embeddings".
 */
export function neighborOverlap(table: EmbeddingTable, options: NeighborOverlapOptions = {}): NeighborOverlap {
  const { k = 10, sample = 200, candidates = 10_000, seed = 1 } = options;
  const { dimension, anchor, pretrained, paddingRow } = table;
  const before = (row: number): FloatArray => anchor.subarray(row * dimension, (row + 1) * dimension);
  const eligible: number[] = [];
  const moved: number[] = [];
  for (let row = 0; row < table.rows; row++) {
    if (row === paddingRow || (pretrained !== undefined && pretrained[row] === 0)) continue;
    eligible.push(row);
    const slot = table.slotOf[row]!;
    if (slot < 0) continue;
    const now = rowOf(table, row);
    const then = before(row);
    for (let d = 0; d < dimension; d++) {
      if (now[d] !== then[d]) {
        moved.push(row);
        break;
      }
    }
  }
  const queries = choose(moved, sample, seed);
  const pool = [...new Set([...choose(eligible, candidates, seed + 1), ...queries])].sort((a, b) => a - b);
  if (queries.length === 0 || pool.length < 2) {
    return { overlap: 1, k, sample: queries.length, candidates: pool.length, seed };
  }
  const unitsBefore = normalised(pool, dimension, before);
  const unitsAfter = normalised(pool, dimension, (row) => rowOf(table, row));
  const wanted = Math.min(k, pool.length - 1);
  const position = new Map(pool.map((row, i) => [row, i]));
  let shared = 0;
  for (const row of queries) {
    const query = position.get(row)!;
    const old = new Set(nearest(unitsBefore, dimension, query, wanted));
    for (const other of nearest(unitsAfter, dimension, query, wanted)) if (old.has(other)) shared++;
  }
  return { overlap: shared / (queries.length * wanted), k, sample: queries.length, candidates: pool.length, seed };
}
