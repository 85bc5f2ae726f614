import { type InspectOptions, inspectRows, type VectorInspection } from "../inspect-vectors.ts";
import { readFastTextFile } from "./read-fasttext-file-node.ts";
import { type ReadVectorsFileOptions, readVectorRowsFile } from "./read-vectors-file-node.ts";

/** How to look through a file or folder. */
export interface InspectFileOptions
  extends InspectOptions,
    Omit<ReadVectorsFileOptions, "wanted" | "limit" | "nonFinite" | "hash"> {}

/** Looks through a file or a model folder; see `inspectVectors`. */
export async function inspectVectorsFile(
  path: string,
  { vectorsOf, ...options }: InspectFileOptions = {},
): Promise<VectorInspection> {
  const settings = { ...options, nonFinite: "skip" as const };
  const inspection = await inspectRows((consumer) => readVectorRowsFile(path, consumer, settings), vectorsOf);
  if (vectorsOf === undefined || inspection.format !== "fasttext") return inspection;
  const { signal, entry } = options;
  const model = await readFastTextFile(path, {
    wanted: new Set(vectorsOf),
    ...(entry === undefined ? {} : { entry }),
    ...(signal === undefined ? {} : { signal }),
  });
  return { ...inspection, vectors: new Map(vectorsOf.map((word) => [word, model.vectorOf(word) ?? null])) };
}
