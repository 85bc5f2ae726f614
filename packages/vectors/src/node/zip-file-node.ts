import type { FileHandle } from "node:fs/promises";
import { pipeline, type Readable } from "node:stream";
import { crc32, createInflateRaw } from "node:zlib";
import { badFile } from "../bad-file.ts";
import { type OpenedEntry, openEntry } from "../zip/read-entry.ts";
import { MAX_ENTRIES, type ZipArchive, type ZipEntry } from "../zip/zip-archive.ts";

type Yauzl = typeof import("yauzl");
type YauzlFile = import("yauzl").ZipFile;
type YauzlEntry = import("yauzl").Entry;

/** An entry of a file, which is closed with the last of its chunks. */
export interface FileEntry extends OpenedEntry {
  /** The other files of the archive. */
  readonly names: readonly string[];
}

/**
 * Opens one entry of a zip archive on disk with yauzl, which is loaded by the first call: zip64, data descriptors,
 * stored and deflated entries. Takes over `handle` and closes it.
 * @throws FormatError BAD_VECTOR_FILE, as `openEntry`
 */
export async function openZipFile(
  handle: FileHandle,
  options: { readonly file: string; readonly entry: string | undefined },
): Promise<FileEntry> {
  const { file } = options;
  try {
    const yauzl = await loadYauzl();
    const archive = await readArchive(yauzl, handle, file);
    const opened = openEntry(archive, { ...options, crc32: (bytes, sum) => crc32(bytes, sum) });
    return { ...opened, names: archive.entries.map(({ name }) => name), chunks: closing(opened.chunks, handle) };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** Loaded when the first archive is opened. CommonJS: its exports are names or the default, as the loader has it. */
async function loadYauzl(): Promise<Yauzl> {
  const loaded = (await import("yauzl")) as Yauzl & { readonly default?: Yauzl };
  return loaded.default ?? loaded;
}

async function readArchive(yauzl: Yauzl, handle: FileHandle, file: string): Promise<ZipArchive> {
  const found = new Map<ZipEntry, YauzlEntry>();
  const zip = await inZip(file, 0, () => yauzl.fromFdPromise(handle.fd, { lazyEntries: true, autoClose: false }));
  // The types have it as a boolean; it is the offset of the next entry in the directory.
  const directory = Number(zip.readEntryCursor);
  if (zip.entryCount > MAX_ENTRIES)
    throw badFile(`the zip archive is said to hold ${zip.entryCount} entries; more than ${MAX_ENTRIES} are not read`, {
      file,
      offset: directory,
    });
  await inZip(file, directory, async () => {
    for await (const entry of zip.eachEntry()) found.set(describeEntry(entry), entry);
  });
  return { entries: [...found.keys()], open: (entry) => readEntry(zip, found.get(entry)!) };
}

const describeEntry = (entry: YauzlEntry): ZipEntry => ({
  name: entry.fileName,
  method: entry.compressionMethod,
  isEncrypted: entry.isEncrypted(),
  compressedSize: entry.compressedSize,
  size: entry.uncompressedSize,
  crc32: entry.crc32,
  offset: entry.relativeOffsetOfLocalHeader,
});

/** Inflates here, and not in yauzl: with larger pieces, and the count of bytes is the caller's. */
async function* readEntry(zip: YauzlFile, entry: YauzlEntry): AsyncGenerator<Uint8Array, void, undefined> {
  const packed = await zip.openReadStreamPromise(entry, { decodeFileData: false });
  let unpacked: Readable = packed;
  if (entry.compressionMethod === 8) {
    const inflater = createInflateRaw({ chunkSize: 1 << 18 });
    // The callback form forwards errors to the inflater, from which the consumer gets them.
    pipeline(packed, inflater, () => {});
    unpacked = inflater;
  }
  yield* unpacked as AsyncIterable<Uint8Array>;
}

async function* closing(
  chunks: AsyncIterable<Uint8Array>,
  handle: FileHandle,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* chunks;
  } finally {
    await handle.close();
  }
}

async function inZip<T>(file: string, offset: number, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw badFile(`the zip archive cannot be read (${(cause as Error).message}); fetch it again`, {
      file,
      offset,
      cause,
    });
  }
}
