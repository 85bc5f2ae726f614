import { type FileHandle, open } from "node:fs/promises";
import { badFile } from "../bad-file.ts";

const CHUNK_BYTES = 1 << 20;

/** A file opened for reading. */
export interface FileSource {
  /** Chunks in order, each valid until the next is asked for. Closes the file at the end. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Bytes, where it is a regular file. */
  readonly size: number | undefined;
}

/** Opens a file. @throws FormatError BAD_VECTOR_FILE where it is missing, a directory or not readable */
export async function openFileSource(path: string): Promise<FileSource> {
  const handle = await open(path, "r").catch((cause: NodeJS.ErrnoException) => {
    throw badFile(openMessage(cause), { file: path, cause });
  });
  try {
    const stat = await handle.stat();
    if (stat.isDirectory()) throw badFile("this is a directory; expected a file of vectors", { file: path });
    return { chunks: readChunks(handle, path), size: stat.isFile() ? stat.size : undefined };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

function openMessage(cause: NodeJS.ErrnoException): string {
  if (cause.code === "ENOENT") return "there is no such file";
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
