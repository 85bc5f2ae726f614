import { ThawlineError } from "@thawline/core";
import { badFile } from "../bad-file.ts";
import { chooseEntry } from "./choose-entry.ts";
import type { Crc32 } from "./crc32.ts";
import type { ZipArchive, ZipEntry } from "./zip-archive.ts";

const STORED = 0;
const DEFLATED = 8;
/** What a byte of deflate can unpack to at most, a little rounded up (zlib's own figure is 1032). */
const MAX_RATIO = 1040;

const methodNames: Readonly<Record<number, string>> = {
  1: "shrunk",
  6: "imploded",
  9: "Deflate64",
  12: "bzip2",
  14: "LZMA",
  93: "zstd",
  95: "xz",
  98: "PPMd",
  99: "AES",
};

/** An entry opened for reading. */
export interface OpenedEntry {
  /** Its unpacked bytes. After the last one size and checksum have been compared with the directory's. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Unpacked bytes: no more than what the packed ones have room for. */
  readonly size: number;
  readonly name: string;
}

/**
 * Opens one entry of an archive: the one named, or the only one.
 * @throws FormatError BAD_VECTOR_FILE where the name is missing or unknown, the entry is encrypted or packed by a method
 * other than store and deflate, its size cannot be true, or (while its bytes are read) its data are damaged
 */
export function openEntry(
  archive: ZipArchive,
  options: { readonly entry?: string | undefined; readonly file?: string | undefined; readonly crc32: Crc32 },
): OpenedEntry {
  const entry = chooseEntry(archive.entries, options);
  const { name, size } = entry;
  const refusal = refusalOf(entry);
  const at = { file: options.file, offset: entry.offset };
  if (refusal !== undefined) throw badFile(`the zip entry ${JSON.stringify(name)} ${refusal}`, at);
  return { chunks: verified(archive.open(entry), entry, { ...at, crc32: options.crc32 }), size, name };
}

function refusalOf({ isEncrypted, method, size, compressedSize }: ZipEntry): string | undefined {
  if (isEncrypted) return "is encrypted; unpack it with its password first";
  if (method !== STORED && method !== DEFLATED)
    return `is packed by method ${method}${methodNames[method] === undefined ? "" : ` (${methodNames[method]})`}; only stored and deflated entries are read: unpack it first`;
  const isPossible = method === STORED ? size === compressedSize : size <= compressedSize * MAX_RATIO;
  return isPossible
    ? undefined
    : `is said to unpack from ${compressedSize} to ${size} bytes, which cannot be; the archive is damaged`;
}

/** Counts and sums the bytes as they pass. */
async function* verified(
  chunks: AsyncIterable<Uint8Array>,
  entry: ZipEntry,
  { crc32, ...at }: { readonly file: string | undefined; readonly offset: number; readonly crc32: Crc32 },
): AsyncGenerator<Uint8Array, void, undefined> {
  const fail = (problem: string, cause?: unknown) =>
    badFile(`the zip entry ${JSON.stringify(entry.name)} ${problem}; the archive is damaged: fetch it again`, {
      ...at,
      cause,
    });
  let length = 0;
  let sum = 0;
  try {
    for await (const chunk of chunks) {
      length += chunk.length;
      // Before more is unpacked than the directory promised.
      if (length > entry.size) throw fail(`unpacks to more than its ${entry.size} bytes`);
      sum = crc32(chunk, sum);
      yield chunk;
    }
  } catch (cause) {
    if (ThawlineError.isInstance(cause)) throw cause;
    throw fail("cannot be unpacked", cause);
  }
  if (length < entry.size) throw fail(`unpacks to ${length} of its ${entry.size} bytes`);
  if (sum >>> 0 !== entry.crc32 >>> 0) throw fail("has another checksum than its directory says");
}
