import { type AlignedTable, alignmentChecksum, type LoadedVectors, rowSource, verifyRows } from "@thawline/text";

/**
 * Verifies that every row of a table holds, to the bit, the vector that its word has in the vectors it was made from,
 * and returns the checksum over word → row. Rows count from the first word: padding has none.
 * @param file of the vectors, for the message
 * @throws ThawlineError ALIGNMENT_MISMATCH
 */
export function verifyTable(
  { words, data, dimension, fileRows }: Pick<AlignedTable, "words" | "data" | "dimension" | "fileRows">,
  vectors: LoadedVectors,
  file: string,
): string {
  const rows = 1 + fileRows;
  verifyRows({
    words: words.slice(0, rows),
    data: data.subarray(0, rows * dimension),
    dimension,
    source: rowSource(vectors),
    where: file,
  });
  return alignmentChecksum(words.slice(1));
}
