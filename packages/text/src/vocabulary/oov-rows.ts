import type { LoadedVectors } from "./loaded-vectors.ts";
import { tableMoments } from "./table-moments.ts";
import { wordRandom } from "./word-random.ts";

/** What a word of the data without a vector gets. */
export type OovStrategy = "random" | "mean" | "zero" | "unk";

/** Every strategy's name. */
export const oovStrategies: readonly OovStrategy[] = ["random", "mean", "zero", "unk"];

/**
 * Returns what writes the row [D] of a word without a vector; see `alignVocabulary` for the strategies.
 * Moments are measured here, so before the loaded array is changed.
 */
export function createOovFiller(
  oov: OovStrategy,
  vectors: LoadedVectors,
  seed: number,
): (row: Float32Array, word: string) => void {
  if (oov === "zero") return (row) => void row.fill(0);
  const { mean, standardDeviation } = tableMoments(vectors.data, {
    rows: vectors.words.length,
    dimension: vectors.dimension,
    firstRow: vectors.firstRow ?? 0,
  });
  if (oov !== "random") return (row) => row.set(mean);
  return (row, word) => {
    const random = wordRandom(word, seed);
    for (let d = 0; d < row.length; d++) row[d] = mean[d]! + standardDeviation[d]! * random.nextNormal();
  };
}
