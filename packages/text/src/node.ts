import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { FormatError, ThawlineError } from "@thawline/core";
import { type DataFormat, dataFormatOf } from "./data/data-format.ts";
import type { Dataset } from "./data/dataset.ts";
import { detectDataFormat, peekBytes } from "./data/detect-data-format.ts";
import { type Gunzip, gunzipIfNeeded } from "./data/gunzip.ts";
import type { ParquetSource } from "./data/parquet/parquet-source.ts";
import { type ReadDatasetOptions, readDataset, readParquetDataset } from "./data/read-dataset.ts";
import { readLines } from "./data/read-lines.ts";

/** How to read a labelled text file from disk or stdin. */
export interface ReadDatasetFileOptions extends Omit<ReadDatasetOptions, "file" | "format" | "gunzip"> {
  /** Default: by the extension; of `-` by the content. */
  readonly format?: DataFormat;
  /** Also hash the file's bytes, as they are stored. Default false. */
  readonly hash?: boolean;
}

const nodeGunzip: Gunzip = (source) => {
  const output = createGunzip();
  // An error of either side destroys `output`, whose reader then sees it: nothing is left to do here.
  pipeline(source, output, () => {});
  return output;
};

const problems: Readonly<Record<string, string>> = {
  ENOENT: "no such file",
  EISDIR: "expected a file, found a folder",
  EACCES: "no permission to read it",
};

/** @throws FormatError where stdin has been read before: it comes only once */
function stdinOnce(): NodeJS.ReadStream {
  const { stdin } = process;
  if (stdin.readableDidRead || stdin.destroyed) {
    const message = "stdin has been read already, and it comes only once; save it as a file";
    throw new FormatError("BAD_DATA_FILE", message, { file: "stdin" });
  }
  return stdin;
}

/** Bytes of a file, or of stdin for `-`, as they are stored. @throws FormatError BAD_DATA_FILE where it cannot be read */
async function* openBytes(path: string): AsyncGenerator<Uint8Array> {
  try {
    yield* path === "-" ? stdinOnce() : createReadStream(path, { highWaterMark: 256 * 1024 });
  } catch (cause) {
    if (ThawlineError.isInstance(cause)) throw cause;
    const { code = "", message } = cause as NodeJS.ErrnoException;
    throw new FormatError("BAD_DATA_FILE", problems[code] ?? message, { file: path }, { cause });
  }
}

/**
 * Reads labelled texts from a file, or stdin for `-`; see `readDataset`. `sha256` (lower-case hexadecimal) is that of
 * the bytes as they are stored, compressed ones too. A Parquet file is read where it lies, one row group at a time.
 * @throws FormatError BAD_DATA_FILE as `readDataset`, and where the file cannot be read
 * @throws ThawlineError INVALID_CONFIG where the format is not given and the extension does not tell it
 */
export async function readDatasetFile(
  path: string,
  options: ReadDatasetFileOptions = {},
): Promise<Dataset & { readonly sha256?: string }> {
  const { hash = false, ...rest } = options;
  const digest = createHash("sha256");
  async function* hashed(): AsyncGenerator<Uint8Array> {
    for await (const chunk of openBytes(path)) {
      digest.update(chunk);
      yield chunk;
    }
  }
  const handle = await openParquet(path, rest.format);
  if (handle !== undefined) {
    const dataset = await readInPlace(handle, path, rest);
    // What is decoded was read by its place: once more for the hash alone.
    if (hash) for await (const _ of hashed());
    return hash ? { ...dataset, sha256: digest.digest("hex") } : dataset;
  }
  const dataset = await readStream(path, hash ? hashed() : openBytes(path), rest);
  return hash ? { ...dataset, sha256: digest.digest("hex") } : dataset;
}

type ReadOptions = Omit<ReadDatasetFileOptions, "hash">;

async function readStream(path: string, bytes: AsyncIterable<Uint8Array>, options: ReadOptions): Promise<Dataset> {
  const file = path === "-" ? "stdin" : path;
  const settings = { ...options, file, gunzip: nodeGunzip };
  if (path !== "-" || options.format !== undefined)
    return readDataset(bytes, { ...settings, format: options.format ?? dataFormatOf(path) });
  const { head, whole } = await peekBytes(gunzipIfNeeded(bytes, { file, gunzip: nodeGunzip }));
  return readDataset(whole, { ...settings, format: detectDataFormat(head) });
}

/** A Parquet file that can be read in place: a regular file that begins as one. Others go the way of all streams. */
async function openParquet(path: string, format: DataFormat | undefined): Promise<FileHandle | undefined> {
  if (path === "-" || (format ?? dataFormatOf(path)) !== "parquet") return undefined;
  const handle = await open(path, "r").catch(() => undefined);
  if (handle === undefined) return undefined;
  const isFile = (await handle.stat()).isFile();
  const head = isFile ? await handle.read(new Uint8Array(4), 0, 4, 0) : undefined;
  if (head !== undefined && detectDataFormat(head.buffer) === "parquet") return handle;
  await handle.close();
  return undefined;
}

async function readInPlace(handle: FileHandle, file: string, options: ReadOptions): Promise<Dataset> {
  try {
    const { size } = await handle.stat();
    const source: ParquetSource = {
      byteLength: size,
      async slice(start, end = size) {
        const bytes = new Uint8Array(Math.max(0, Math.min(end, size) - start));
        for (let at = 0; at < bytes.length; ) {
          const { bytesRead } = await handle.read(bytes, at, bytes.length - at, start + at);
          if (bytesRead === 0) throw new FormatError("BAD_DATA_FILE", "the file became shorter", { file });
          at += bytesRead;
        }
        return bytes.buffer;
      },
    };
    return await readParquetDataset(source, { ...options, file });
  } finally {
    await handle.close();
  }
}

/** Reads the lines of a text file (gzip or not), or of stdin for `-`; see `readLines`. */
export function readLinesFile(path: string): AsyncGenerator<string> {
  const file = path === "-" ? "stdin" : path;
  return readLines(gunzipIfNeeded(openBytes(path), { file, gunzip: nodeGunzip }), file);
}
