import type { VectorFormatName, WritableFormatName } from "./vector-format.ts";

/** The format in which to write a table that came in `format`: the same where it can be written, else the nearest. */
export function writableFormatOf(format: VectorFormatName): WritableFormatName {
  // fastText's own text form.
  if (format === "fasttext") return "word2vec";
  return format === "model2vec" || format === "sentence-transformers" ? "safetensors" : format;
}
