import { type AlignedTable, type LoadedVectors, rowSource, verifyRows } from "@thawline/text";

/**
 * Verifies that every row of a table holds, to the bit, the vector that its word has in the vectors it was made from.
 * @param vectors the first that has a word counts
 * @param file of the vectors, for the message
 * @throws ThawlineError ALIGNMENT_MISMATCH
 */
export function verifyTable(
  { words, data, dimension, fileRows }: Pick<AlignedTable, "words" | "data" | "dimension" | "fileRows">,
  vectors: readonly LoadedVectors[],
  file: string,
): void {
  const rows = 1 + fileRows;
  const sources = vectors.map(rowSource);
  verifyRows({
    words: words.slice(0, rows),
    data: data.subarray(0, rows * dimension),
    dimension,
    source: (word) => {
      for (const source of sources) {
        const vector = source(word);
        if (vector !== undefined) return vector;
      }
      return undefined;
    },
    where: file,
  });
}
