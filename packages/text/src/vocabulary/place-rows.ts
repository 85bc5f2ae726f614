import type { LoadedVectors } from "./loaded-vectors.ts";

/** Which of the file's rows stay, ascending, `needed` among them; undefined: all. */
export function keptRows(
  rows: number,
  keep: "all" | "data" | number,
  needed: readonly number[],
): Int32Array | undefined {
  if (keep === "all" || (typeof keep === "number" && keep >= rows)) return undefined;
  const isKept = new Uint8Array(rows);
  isKept.fill(1, 0, keep === "data" ? 0 : keep);
  for (const row of needed) isKept[row] = 1;
  const kept = new Int32Array(isKept.reduce((sum, one) => sum + one, 0));
  let end = 0;
  for (let row = 0; row < isKept.length; row++) if (isKept[row] === 1) kept[end++] = row;
  return kept;
}

/** The table with the kept rows in place and `extra` rows after them: the loaded array itself where that fits. */
export function placeRows(vectors: LoadedVectors, kept: Int32Array | undefined, extra: number): Float32Array {
  const { data, dimension, firstRow = 0 } = vectors;
  const fileRows = kept?.length ?? vectors.words.length;
  const size = (1 + fileRows + extra) * dimension;
  if (kept === undefined && firstRow === 1 && data.length >= size) {
    data.fill(0, 0, dimension);
    return data.subarray(0, size);
  }
  const table = new Float32Array(size);
  if (kept === undefined) {
    table.set(data.subarray(firstRow * dimension, (firstRow + fileRows) * dimension), dimension);
    return table;
  }
  for (let row = 0; row < fileRows; row++) {
    const start = (firstRow + kept[row]!) * dimension;
    table.set(data.subarray(start, start + dimension), (1 + row) * dimension);
  }
  return table;
}
