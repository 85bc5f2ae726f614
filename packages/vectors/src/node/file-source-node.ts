import { type FileHandle, open } from "node:fs/promises";
import { badFile } from "../bad-file.ts";
import { isZip } from "../zip/zip-archive.ts";
import { splitSourcePath } from "./source-path-node.ts";
import { spoolToFile } from "./spool-node.ts";
import { openZipFile } from "./zip-file-node.ts";

const CHUNK_BYTES = 1 << 20;

/** A file opened for reading. */
export interface FileSource {
  /** Chunks in order, each valid until the next is asked for. Closes the file at the end. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Bytes, where it is a regular file or an entry of a zip archive. */
  readonly size: number | undefined;
  /** Whether the bytes are those of an entry, unpacked. */
  readonly isZipEntry: boolean;
}

/**
 * Opens a file, an entry of a zip archive (`archive.zip#entry`, the entry's name not needed where there is only one), or
 * stdin (`-`, which can be opened once). An archive is told by its content; one that comes by a pipe is put aside in a
 * temporary file first.
 * @throws FormatError BAD_VECTOR_FILE where it is missing, a directory or not readable
 */
export async function openFileSource(name: string, entryName?: string): Promise<FileSource> {
  const { path, entry = entryName } = splitSourcePath(name);
  if (path === "-") return openStream(readStdin(name), name, entry);
  const handle = await open(path, "r").catch((cause: NodeJS.ErrnoException) => {
    throw badFile(openMessage(cause, name), { file: path, cause });
  });
  try {
    const stat = await handle.stat();
    if (stat.isDirectory()) throw badFile("this is a directory; expected a file of vectors", { file: path });
    if (!stat.isFile()) return await openStream(readChunks(handle, path), name, entry);
    const head = await handle.read(new Uint8Array(4), 0, 4, 0);
    if (isZip(head.buffer.subarray(0, head.bytesRead))) return await openEntryOf(handle, path, entry);
    if (entry !== undefined) throw notAnArchive(path, entry);
    return { chunks: readChunks(handle, path), size: stat.size, isZipEntry: false };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function openEntryOf(handle: FileHandle, file: string, entry: string | undefined): Promise<FileSource> {
  const { chunks, size } = await openZipFile(handle, { file, entry });
  return { chunks, size, isZipEntry: true };
}

/** A pipe or stdin: what it is shows when its first bytes come. */
async function openStream(
  chunks: AsyncGenerator<Uint8Array, void, undefined>,
  file: string,
  entry: string | undefined,
): Promise<FileSource> {
  const first: Uint8Array[] = [];
  const head = new Uint8Array(4);
  for (let length = 0; length < 4; ) {
    const next = await chunks.next();
    if (next.done) break;
    head.set(next.value.subarray(0, 4 - length), length);
    length += next.value.length;
    // A copy: the next chunk may be read into the same buffer.
    first.push(new Uint8Array(next.value));
  }
  async function* whole(): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      yield* first;
      yield* chunks;
    } finally {
      await chunks.return(undefined);
    }
  }
  if (isZip(head)) return openEntryOf(await spoolToFile(whole(), file), file, entry);
  if (entry !== undefined) {
    await chunks.return(undefined);
    throw notAnArchive(file, entry);
  }
  return { chunks: whole(), size: undefined, isZipEntry: false };
}

/** @throws FormatError where stdin has been read before: it comes only once */
async function* readStdin(file: string): AsyncGenerator<Uint8Array, void, undefined> {
  const { stdin } = process;
  if (stdin.readableDidRead || stdin.destroyed)
    throw badFile("stdin has been read already, and it comes only once; save it as a file", { file });
  try {
    yield* stdin as AsyncIterable<Uint8Array>;
  } catch (cause) {
    throw badFile("reading stdin failed", { file, cause });
  }
}

function notAnArchive(file: string, entry: string) {
  return badFile(`this is no zip archive, so it has no file ${JSON.stringify(entry)}`, { file, offset: 0 });
}

function openMessage(cause: NodeJS.ErrnoException, name: string): string {
  if (cause.code === "ENOENT" || cause.code === "ENOTDIR")
    return name.includes("#") ? "there is no such file, nor a zip archive before its #" : "there is no such file";
  if (cause.code === "EACCES" || cause.code === "EPERM") return "no permission to read this file";
  return `cannot be opened (${cause.code ?? cause.message})`;
}

/** Two buffers take turns: one is parsed while the other is filled. */
async function* readChunks(handle: FileHandle, path: string): AsyncGenerator<Uint8Array, void, undefined> {
  const buffers = [new Uint8Array(CHUNK_BYTES), new Uint8Array(CHUNK_BYTES)] as const;
  const fetch = (turn: number) => {
    const promise = handle.read(buffers[turn], 0, CHUNK_BYTES, null);
    // Awaited below; a failure meanwhile is no unhandled rejection.
    promise.catch(() => {});
    return promise;
  };
  let pending: ReturnType<typeof fetch> | undefined;
  try {
    pending = fetch(0);
    for (let turn = 0; ; turn = 1 - turn) {
      const { bytesRead } = await pending;
      pending = undefined;
      if (bytesRead === 0) return;
      pending = fetch(1 - turn);
      yield buffers[turn].subarray(0, bytesRead);
    }
  } catch (cause) {
    throw badFile("reading failed", { file: path, cause });
  } finally {
    await pending?.catch(() => {});
    await handle.close();
  }
}
