import type { FileFormatName, VectorFormat } from "../vector-format.ts";
import { fastTextFormat } from "./fasttext.ts";
import { gloveFormat } from "./glove.ts";
import { npyFormat } from "./npy.ts";
import { safetensorsFormat } from "./safetensors.ts";
import { word2vecFormat } from "./word2vec.ts";
import { word2vecBinaryFormat } from "./word2vec-binary.ts";

/** Every format, by name: a new one is its file, its name in `FileFormatName`, and its entry here and below. */
export const vectorFormats: { readonly [N in FileFormatName]: VectorFormat } = {
  fasttext: fastTextFormat,
  npy: npyFormat,
  safetensors: safetensorsFormat,
  "word2vec-binary": word2vecBinaryFormat,
  word2vec: word2vecFormat,
  glove: gloveFormat,
};

/** The order in which contents are tried: what has a signature first, plain text last. */
export const detectionOrder: readonly FileFormatName[] = [
  "fasttext",
  "npy",
  "safetensors",
  "word2vec-binary",
  "word2vec",
  "glove",
];
