/** hyparquet and its decompressors, loaded by the first Parquet file. */
export interface ParquetLibrary {
  readonly parquetMetadata: typeof import("hyparquet").parquetMetadata;
  readonly parquetSchema: typeof import("hyparquet").parquetSchema;
  readonly parquetScan: typeof import("hyparquet").parquetScan;
  readonly parquetHeader: typeof import("hyparquet/src/column.js").parquetHeader;
  readonly compressors: import("hyparquet").Compressors;
}

/** Most bytes that a page is unpacked to. */
const MAX_PAGE_BYTES = 1 << 30;
/** What a packed byte can unpack to at most, well rounded up. */
const maxRatios: Readonly<Record<string, number>> = { SNAPPY: 64, GZIP: 1040, LZ4: 256, LZ4_RAW: 256 };
/** Of codecs with runs of any length (zstd, Brotli): a run of 128 KiB in four bytes. */
const OTHER_RATIO = 1 << 15;

/** Loads the library. Its decompressors refuse sizes that the packed bytes have no room for, before they make room. */
export async function loadParquet(): Promise<ParquetLibrary> {
  const [{ parquetMetadata, parquetSchema, parquetScan }, { parquetHeader }, { compressors }] = await Promise.all([
    import("hyparquet"),
    import("hyparquet/src/column.js"),
    import("hyparquet-compressors"),
  ]);
  const bounded = Object.fromEntries(
    Object.entries(compressors).map(([codec, unpack]) => {
      const ratio = maxRatios[codec] ?? OTHER_RATIO;
      const checked = (input: Uint8Array, outputLength: number): Uint8Array => {
        const isPossible = outputLength >= 0 && outputLength <= Math.min(MAX_PAGE_BYTES, input.length * ratio + 1024);
        if (!isPossible) throw new Error(`a page of ${input.length} bytes is said to unpack to ${outputLength}`);
        return unpack!(input, outputLength);
      };
      return [codec, checked];
    }),
  );
  return { parquetMetadata, parquetSchema, parquetScan, parquetHeader, compressors: bounded };
}
