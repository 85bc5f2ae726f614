import { createHash } from "node:crypto";
import { existsSync, statSync } from "node:fs";
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
import type { FolderFiles } from "../static-model/layout.ts";
import {
  type ReadFolderVectorsOptions,
  readVectorRowsFolder,
  readVectorsFolder,
} from "../static-model/read-folder-rows.ts";
import { openFileSource } from "./file-source-node.ts";
import { folderFiles } from "./folder-files-node.ts";
import { nodePlatform } from "./platform-node.ts";
import { splitSourcePath } from "./source-path-node.ts";
import { wordsPathOf } from "./write-vectors-file-node.ts";

/** `ReadVectorsOptions` for a file that the path names; `entry` may also stand in the path, as `archive.zip#entry`. */
export interface ReadVectorsFileOptions extends Omit<ReadVectorsOptions, "file" | "size" | "platform"> {
  /** Also hash the file as it is on disk (an entry of a zip archive: unpacked). With `limit` the rest is then read for the hash alone. */
  readonly hash?: boolean;
}

/** What comes with a file: the SHA-256 of its bytes in lower-case hexadecimal (of an entry of a zip archive, unpacked; of a folder, of its tokenizer.json and model.safetensors in this order), where `hash` asked for it. */
export interface FileHash {
  readonly sha256?: string;
}

/**
 * Reads a table of vectors from a file (see `readVectors`), an entry of a zip archive (`archive.zip#entry`; the name is
 * not needed where there is only one), stdin (`-`), or from a Model2Vec or sentence-transformers folder (see
 * `readVectorsFolder`).
 * @throws FormatError BAD_VECTOR_FILE, also for a missing file or a directory; ThawlineError ABORTED
 */
export async function readVectorsFile(
  path: string,
  options: ReadVectorsFileOptions = {},
): Promise<LoadedVectors & FileHash> {
  if (isFolder(path)) return withFolder(path, options, (files, settings) => readVectorsFolder(files, settings));
  return withFile(path, options, (chunks, settings) => readVectors(chunks, settings));
}

/** Reads a file's rows into `consumer`; see `readVectorRows`. Throws as `readVectorsFile`. */
export async function readVectorRowsFile(
  path: string,
  consumer: RowConsumer,
  options: ReadVectorsFileOptions = {},
): Promise<VectorFileInfo & FileHash> {
  if (isFolder(path))
    return withFolder(path, options, (files, settings) => readVectorRowsFolder(files, consumer, settings));
  return withFile(path, options, (chunks, settings) => readVectorRows(chunks, consumer, settings));
}

async function withFile<T extends VectorFileInfo>(
  path: string,
  { hash = false, entry, ...options }: ReadVectorsFileOptions,
  read: (chunks: AsyncIterable<Uint8Array>, options: ReadVectorsOptions) => Promise<T>,
): Promise<T & FileHash> {
  const { chunks, size, isZipEntry } = await openFileSource(path, entry);
  const packed = isZipEntry ? { compression: "zip" as const } : {};
  const settings = {
    words: async () => (await openFileSource(findWordsBeside(path))).chunks,
    ...options,
    file: path,
    platform: nodePlatform,
    ...(size === undefined ? {} : { size }),
  };
  if (!hash) return { ...(await read(chunks, settings)), ...packed };
  const digest = createHash("sha256");
  const iterator = chunks[Symbol.asyncIterator]();
  try {
    const result = await read(hashed(iterator, digest), settings);
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) digest.update(next.value);
    return { ...result, ...packed, sha256: digest.digest("hex") };
  } finally {
    await iterator.return?.();
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** The hash of a folder is that of its tokenizer.json and model.safetensors, in this order, as one. */
async function withFolder<T extends object>(
  path: string,
  { hash = false, format, words: _, ...options }: ReadVectorsFileOptions,
  read: (files: FolderFiles, options: ReadFolderVectorsOptions) => Promise<T>,
): Promise<T & FileHash> {
  if (format !== undefined && format !== "model2vec" && format !== "sentence-transformers")
    throw badFile(`this is a folder; expected a file of format ${format}`, { file: path });
  const digest = createHash("sha256");
  const files = await folderFiles(path, hash ? digest : undefined);
  const result = await read(files, { ...options, folder: path, platform: nodePlatform });
  return hash ? { ...result, sha256: digest.digest("hex") } : result;
}

/**
 * The file of an array's words: `v.words.txt` or `v.vocab.txt` beside `v.npy` (or beside the zip archive that holds it),
 * else `words.txt` or `vocab.txt` in its folder.
 */
export function findWordsBeside(name: string): string {
  const { path, entry } = splitSourcePath(name);
  const folder = dirname(path);
  const own = wordsPathOf(entry === undefined ? path : join(folder, basename(entry)));
  const candidates = [
    own,
    own.replace(/words\.txt$/, "vocab.txt"),
    join(folder, "words.txt"),
    join(folder, "vocab.txt"),
  ];
  const found = candidates.find((candidate) => existsSync(candidate));
  if (found !== undefined && path !== "-") return found;
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
