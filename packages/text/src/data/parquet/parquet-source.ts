/** Bytes that can be read anywhere: a file, a Blob, an array. */
export interface ParquetSource {
  readonly byteLength: number;
  /** The bytes from `start` to before `end` (default: the last), fresh. */
  slice(start: number, end?: number): Promise<ArrayBuffer>;
}

/** A source of bytes in memory. */
export function memorySource(bytes: Uint8Array): ParquetSource {
  return {
    byteLength: bytes.length,
    // A copy also of a Buffer, whose own `slice` gives a view.
    slice: async (start, end) => new Uint8Array(bytes.subarray(start, end)).buffer,
  };
}
