import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { badFile } from "../bad-file.ts";
import {
  type LoadedVectors,
  type ReadVectorsOptions,
  readVectorRows,
  readVectors,
  type VectorFileInfo,
} from "../read-vectors.ts";
import type { RowConsumer } from "../row-gate.ts";
import { openFileSource } from "./file-source-node.ts";
import { nodePlatform } from "./platform-node.ts";
import { wordsPathOf } from "./write-vectors-file-node.ts";

/** `ReadVectorsOptions` for a file that the path names. */
export interface ReadVectorsFileOptions extends Omit<ReadVectorsOptions, "file" | "size" | "platform"> {
  /** Also hash the file as it is on disk. With `limit` the rest is then read for the hash alone. */
  readonly hash?: boolean;
}

/** What comes with a file: the SHA-256 of its bytes in lower-case hexadecimal, where `hash` asked for it. */
export interface FileHash {
  readonly sha256?: string;
}

/**
 * Reads a table of vectors from a file; see `readVectors`.
 * @throws FormatError BAD_VECTOR_FILE, also for a missing file or a directory; ThawlineError ABORTED
 */
export async function readVectorsFile(
  path: string,
  options: ReadVectorsFileOptions = {},
): Promise<LoadedVectors & FileHash> {
  return withFile(path, options, (chunks, settings) => readVectors(chunks, settings));
}

/** Reads a file's rows into `consumer`; see `readVectorRows`. Throws as `readVectorsFile`. */
export async function readVectorRowsFile(
  path: string,
  consumer: RowConsumer,
  options: ReadVectorsFileOptions = {},
): Promise<VectorFileInfo & FileHash> {
  return withFile(path, options, (chunks, settings) => readVectorRows(chunks, consumer, settings));
}

async function withFile<T extends object>(
  path: string,
  { hash = false, ...options }: ReadVectorsFileOptions,
  read: (chunks: AsyncIterable<Uint8Array>, options: ReadVectorsOptions) => Promise<T>,
): Promise<T & FileHash> {
  const { chunks, size } = await openFileSource(path);
  const settings = {
    words: () => wordsBeside(path),
    ...options,
    file: path,
    platform: nodePlatform,
    ...(size === undefined ? {} : { size }),
  };
  if (!hash) return read(chunks, settings);
  const digest = createHash("sha256");
  const iterator = chunks[Symbol.asyncIterator]();
  try {
    const result = await read(hashed(iterator, digest), settings);
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) digest.update(next.value);
    return { ...result, sha256: digest.digest("hex") };
  } finally {
    await iterator.return?.();
  }
}

/** The words of an array: `v.words.txt` or `v.vocab.txt` beside `v.npy`, else `words.txt` or `vocab.txt` in its folder. */
async function wordsBeside(path: string): Promise<AsyncIterable<Uint8Array>> {
  const own = wordsPathOf(path);
  const folder = dirname(path);
  const candidates = [
    own,
    own.replace(/words\.txt$/, "vocab.txt"),
    join(folder, "words.txt"),
    join(folder, "vocab.txt"),
  ];
  for (const candidate of candidates) if (existsSync(candidate)) return (await openFileSource(candidate)).chunks;
  const names = candidates.map((candidate) => basename(candidate)).join(", ");
  throw badFile(`a .npy array has no words; put them beside it, one a line for each row, in one of ${names}`, {
    file: path,
    offset: 0,
  });
}

/** Passes chunks on. When its consumer stops early the file stays open, for the rest of the hash. */
async function* hashed(
  iterator: AsyncIterator<Uint8Array>,
  digest: ReturnType<typeof createHash>,
): AsyncGenerator<Uint8Array, void, undefined> {
  for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
    digest.update(next.value);
    yield next.value;
  }
}
