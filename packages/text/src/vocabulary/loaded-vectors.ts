/** Vectors as read from a file; distinct words in file order. */
export interface LoadedVectors {
  readonly words: readonly string[];
  readonly dimension: number;
  /** [R, D] float32, R ≥ `firstRow` + words; the row of `words[i]` is `firstRow + i`. Rows before and after are spare. */
  readonly data: Float32Array;
  /** Default 0. With 1, all rows kept and spare rows enough at the end, `data` itself becomes the table. */
  readonly firstRow?: number;
}
