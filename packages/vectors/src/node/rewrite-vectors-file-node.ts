import { copyFile, readFile } from "node:fs/promises";
import { FormatError } from "@thawline/core";
import { badFile } from "../bad-file.ts";
import type { VectorDelta } from "../delta/delta.ts";
import { decodeDelta } from "../delta/delta-file.ts";
import { createTableHash, type TableHash } from "../delta/table-hash.ts";
import { formatOfPath } from "../format-of-path.ts";
import { type RewriteReport, type RewriteVectorsOptions, rewriteVectors } from "../rewrite-vectors.ts";
import { openFileSource } from "./file-source-node.ts";
import { nodePlatform } from "./platform-node.ts";
import { findWordsBeside, readVectorRowsFile } from "./read-vectors-file-node.ts";
import { wordsPathOf, writeCompressed } from "./write-vectors-file-node.ts";

/** How to rewrite a file. */
export interface RewriteVectorsFileOptions extends Pick<RewriteVectorsOptions, "format" | "dimension" | "signal"> {
  /** By default whether the output's name ends in `.gz`. */
  readonly gzip?: boolean;
}

/**
 * Copies a file of vectors with other values for some words, all other bytes as they are; see `rewriteVectors`. The
 * output is there whole or not at all, and may be the input. The words of a `.npy` array are copied too.
 */
export async function rewriteVectorsFile(
  input: string,
  output: string,
  { changed, gzip, ...options }: RewriteVectorsFileOptions & { readonly changed: ReadonlyMap<string, Float32Array> },
): Promise<RewriteReport> {
  const first = await openFileSource(input);
  const settings = {
    ...options,
    file: input,
    platform: nodePlatform,
    words: async () => (await openFileSource(findWordsBeside(input))).chunks,
    changed,
    ...(first.size === undefined ? {} : { size: first.size }),
  };
  let isFirst = true;
  const open = async () => {
    if (!isFirst) return (await openFileSource(input)).chunks;
    isFirst = false;
    return first.chunks;
  };
  const report = await writeCompressed(output, { gzip: gzip ?? formatOfPath(output).gzip }, (into) =>
    rewriteVectors(open, into, settings),
  );
  if (report.format === "npy" && findWordsBeside(input) !== wordsPathOf(output))
    await copyFile(findWordsBeside(input), wordsPathOf(output));
  return report;
}

/** Reads a delta file. @throws FormatError BAD_VECTOR_FILE */
export async function readDeltaFile(path: string): Promise<VectorDelta> {
  const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    throw badFile(`cannot be read (${cause.code ?? cause.message})`, { file: path, cause });
  });
  return decodeDelta(bytes, { file: path });
}

/**
 * Writes the file that a delta makes of `base` — or with `revert`, the base that it was made from — as a stream: rows
 * that the delta does not name keep their bytes. The output holds the same table as `applyDelta` of the tables read.
 * @throws FormatError BAD_VECTOR_FILE where `input` is not the table that the delta begins from; RangeError for a delta
 * that adds words, which a file cannot take in place (read the table and use `applyDelta`)
 */
export async function applyDeltaFile(
  input: string,
  output: string,
  {
    delta,
    revert = false,
    ...options
  }: RewriteVectorsFileOptions & { readonly delta: VectorDelta; readonly revert?: boolean },
): Promise<RewriteReport> {
  const { rows, words, dimension } = delta;
  if (words.length !== rows.length)
    throw new RangeError(
      `the delta adds ${words.length - rows.length} words; apply it to the table in memory with applyDelta`,
    );
  const expected = revert ? delta.tunedHash : delta.baseHash;
  const found = await hashVectorsFile(input, options);
  if (found !== expected)
    throw new FormatError(
      "BAD_VECTOR_FILE",
      `this is not the table that the delta ${revert ? "leads to" : "was made from"} (expected hash ${expected.slice(0, 12)}…, got ${found.slice(0, 12)}…)`,
      { file: input },
    );
  const values = revert ? delta.before : delta.after;
  const changed = new Map(
    words.map((word, index) => [word, values.subarray(index * dimension, (index + 1) * dimension)]),
  );
  return rewriteVectorsFile(input, output, { ...options, changed });
}

/** The hash of the table in a file, as `hashTable` gives it, without holding the table. */
export async function hashVectorsFile(
  path: string,
  options: Pick<RewriteVectorsFileOptions, "format" | "dimension" | "signal"> = {},
): Promise<string> {
  let hash: TableHash | undefined;
  const { format, dimension, signal } = options;
  await readVectorRowsFile(
    path,
    {
      begin: (shape) => void (hash = createTableHash(shape.dimension)),
      row: (values, word) => hash?.add(word, values),
    },
    {
      ...(format === undefined ? {} : { format }),
      ...(dimension === undefined ? {} : { dimension }),
      ...(signal === undefined ? {} : { signal }),
    },
  );
  return hash!.digest();
}
