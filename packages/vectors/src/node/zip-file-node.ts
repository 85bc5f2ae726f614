import type { FileHandle } from "node:fs/promises";
import { pipeline, Readable } from "node:stream";
import { crc32, createInflateRaw } from "node:zlib";
import { badFile } from "../bad-file.ts";
import { type OpenedEntry, openEntry } from "../zip/read-entry.ts";
import { MAX_ENTRIES, type ZipArchive, type ZipEntry } from "../zip/zip-archive.ts";

type Yauzl = typeof import("yauzl");
type YauzlEntry = import("yauzl").Entry;
/** As yauzl calls it; its types leave the count out. */
type ReadCallback = (error: Error | null, bytesRead?: number) => void;

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
  const { size } = await handle.stat();
  const found = new Map<ZipEntry, YauzlEntry>();
  const { reader, broken } = handleReader(yauzl, handle, size);
  /** @throws FormatError for whatever yauzl has to say */
  const inZip = async <T>(offset: number, work: Promise<T>): Promise<T> => {
    try {
      return await Promise.race([work, broken]);
    } catch (cause) {
      const problem = (cause as Error).message;
      throw badFile(`the zip archive cannot be read (${problem}); fetch it again`, { file, offset, cause });
    }
  };
  const zip = await inZip(
    size,
    yauzl.fromRandomAccessReaderPromise(reader, size, { lazyEntries: true, autoClose: false }),
  );
  // The types have it as a boolean; it is the offset of the next entry in the directory.
  const directory = Number(zip.readEntryCursor);
  if (zip.entryCount > MAX_ENTRIES)
    throw badFile(`the zip archive is said to hold ${zip.entryCount} entries; more than ${MAX_ENTRIES} are not read`, {
      file,
      offset: directory,
    });
  await inZip(
    directory,
    (async () => {
      for await (const entry of zip.eachEntry()) found.set(describeEntry(entry), entry);
    })(),
  );
  return {
    entries: [...found.keys()],
    async *open(entry) {
      const header = zip.readLocalFileHeaderPromise(found.get(entry)!, { minimal: true });
      const { fileDataStart } = await inZip(entry.offset, header);
      yield* unpack(readRange(handle, fileDataStart, entry.compressedSize), entry.method);
    },
  };
}

/**
 * Lets yauzl read a file. Its own reader throws where a damaged archive points beyond 2^53, in a callback, where nobody
 * can catch it; so does any slip of its own in a callback: such errors come by `broken`.
 */
function handleReader(yauzl: Yauzl, handle: FileHandle, size: number) {
  let fail: (error: unknown) => void = () => {};
  const broken = new Promise<never>((_, reject) => (fail = reject));
  // Nobody may be waiting.
  broken.catch(() => {});
  class HandleReader extends yauzl.RandomAccessReader {
    override read(buffer: Buffer, offset: number, length: number, position: number, callback: ReadCallback): void {
      if (!(position >= 0 && position + length <= size)) {
        setImmediate(() => callback(new Error(`it points to byte ${position}, beyond its end`)));
        return;
      }
      handle
        .read(buffer, offset, length, position)
        .then(({ bytesRead }) => callback(null, bytesRead), callback)
        .catch(fail);
    }
  }
  return { reader: new HandleReader(), broken };
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

const RANGE_CHUNK = 1 << 18;

async function* readRange(handle: FileHandle, start: number, length: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < length; ) {
    // A fresh buffer each time: zlib works on one while the next is read.
    const buffer = new Uint8Array(Math.min(RANGE_CHUNK, length - at));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, start + at);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
    at += bytesRead;
  }
}

/** Inflates in larger pieces than yauzl does; the caller counts the bytes. */
function unpack(packed: AsyncIterable<Uint8Array>, method: number): AsyncIterable<Uint8Array> {
  if (method === 0) return packed;
  const inflater = createInflateRaw({ chunkSize: RANGE_CHUNK });
  // The callback form forwards errors to the inflater, from which the consumer gets them.
  pipeline(Readable.from(packed, { objectMode: false }), inflater, () => {});
  return inflater;
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
