import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { FormatError, ThawlineError } from "@thawline/core";
import { type DataFormat, dataFormatOf } from "./data/data-format.ts";
import type { Dataset } from "./data/dataset.ts";
import { type Gunzip, gunzipIfNeeded } from "./data/gunzip.ts";
import { type ReadDatasetOptions, readDataset } from "./data/read-dataset.ts";
import { readLines } from "./data/read-lines.ts";

/** How to read a labelled text file from disk or stdin. */
export interface ReadDatasetFileOptions extends Omit<ReadDatasetOptions, "file" | "format" | "gunzip"> {
  /** Default: by the extension. Needed for `-`. */
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

/** Bytes of a file, or of stdin for `-`, as they are stored. @throws FormatError BAD_DATA_FILE where it cannot be read */
async function* openBytes(path: string): AsyncGenerator<Uint8Array> {
  try {
    yield* path === "-" ? process.stdin : createReadStream(path, { highWaterMark: 256 * 1024 });
  } catch (cause) {
    const { code = "", message } = cause as NodeJS.ErrnoException;
    throw new FormatError("BAD_DATA_FILE", problems[code] ?? message, { file: path }, { cause });
  }
}

/**
 * Reads labelled texts from a file, or stdin for `-`; see `readDataset`. `sha256` (lower-case hexadecimal) is that of
 * the bytes as they are stored, compressed ones too.
 * @throws FormatError BAD_DATA_FILE as `readDataset`, and where the file cannot be read
 * @throws ThawlineError INVALID_CONFIG where the format is not given and the extension does not tell it
 */
export async function readDatasetFile(
  path: string,
  options: ReadDatasetFileOptions = {},
): Promise<Dataset & { readonly sha256?: string }> {
  const { hash = false, format, ...rest } = options;
  if (path === "-" && format === undefined) {
    throw new ThawlineError("INVALID_CONFIG", "stdin has no extension: name the format (tsv, csv or jsonl)");
  }
  const digest = createHash("sha256");
  async function* hashed(): AsyncGenerator<Uint8Array> {
    for await (const chunk of openBytes(path)) {
      digest.update(chunk);
      yield chunk;
    }
  }
  const dataset = await readDataset(hash ? hashed() : openBytes(path), {
    ...rest,
    format: format ?? dataFormatOf(path),
    file: path === "-" ? "stdin" : path,
    gunzip: nodeGunzip,
  });
  return hash ? { ...dataset, sha256: digest.digest("hex") } : dataset;
}

/** Reads the lines of a text file (gzip or not), or of stdin for `-`; see `readLines`. */
export function readLinesFile(path: string): AsyncGenerator<string> {
  const file = path === "-" ? "stdin" : path;
  return readLines(gunzipIfNeeded(openBytes(path), { file, gunzip: nodeGunzip }), file);
}
