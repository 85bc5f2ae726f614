/** A file in a zip archive, as the archive's directory describes it. */
export interface ZipEntry {
  readonly name: string;
  /** 0 stored, 8 deflated; APPNOTE 4.4.5 has the others. */
  readonly method: number;
  readonly isEncrypted: boolean;
  readonly compressedSize: number;
  /** Unpacked. */
  readonly size: number;
  readonly crc32: number;
  /** Of the entry's own header in the archive. */
  readonly offset: number;
}

/** An opened archive. */
export interface ZipArchive {
  readonly entries: readonly ZipEntry[];
  /** An entry's unpacked bytes, not yet checked; only for methods 0 and 8 without encryption. */
  open(entry: ZipEntry): AsyncIterable<Uint8Array>;
}

/** More entries than this are not listed: no archive of vectors has them. */
export const MAX_ENTRIES = 100_000;

/** True for the first bytes of a zip archive, an empty one too. */
export function isZip(bytes: Uint8Array): boolean {
  const isSigned = bytes.length >= 4 && bytes[0] === 0x50 && bytes[1] === 0x4b;
  return isSigned && ((bytes[2] === 3 && bytes[3] === 4) || (bytes[2] === 5 && bytes[3] === 6));
}
