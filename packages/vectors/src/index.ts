export type { ByteSource } from "./bytes/byte-source.ts";
export type { Gunzip } from "./bytes/gunzip.ts";
export type { BytePlatform } from "./bytes/platform.ts";
export { decodeWord, encodeWord, hasEscapes } from "./bytes/word-codec.ts";
export { applyDelta, createDelta, revertDelta, type VectorDelta } from "./delta/delta.ts";
export { decodeDelta, encodeDelta } from "./delta/delta-file.ts";
export { createTableHash, hashTable, type TableHash } from "./delta/table-hash.ts";
export type { FastTextModel } from "./fasttext/fasttext-model.ts";
export type { FastTextSettings } from "./fasttext/header.ts";
export { type ReadFastTextOptions, readFastText } from "./fasttext/read-fasttext.ts";
export { createSubwordLookUp, type SubwordLookUp, type SubwordTable } from "./fasttext/subword-look-up.ts";
export { type SubwordSettings, subwordBuckets } from "./fasttext/subwords.ts";
export { formatOfPath } from "./format-of-path.ts";
export {
  type InspectOptions,
  inspectVectors,
  type NormFigures,
  type VectorInspection,
} from "./inspect-vectors.ts";
export { type Neighbor, nearestNeighbors } from "./nearest-neighbors.ts";
export type { WordSource } from "./npy/words.ts";
export { decodeFloat16, encodeFloat16 } from "./numbers/float16.ts";
export { formatFloat32 } from "./numbers/format-float32.ts";
export {
  type Compression,
  type LoadedVectors,
  type ReadVectorsOptions,
  readVectorRows,
  readVectors,
  type VectorFileInfo,
  type VectorTable,
} from "./read-vectors.ts";
export { type RewriteReport, type RewriteVectorsOptions, rewriteVectors } from "./rewrite-vectors.ts";
export type { RowConsumer, RowSelection, TableShape } from "./row-gate.ts";
export type { CoreTensor, HostTensor, IntegerTensor, SafetensorsDType } from "./safetensors/dtypes.ts";
export type { SafetensorsEntry } from "./safetensors/header.ts";
export { readSafetensors, type SafetensorsFile } from "./safetensors/read-safetensors.ts";
export { type WriteSafetensorsOptions, writeSafetensors } from "./safetensors/write-safetensors.ts";
export type { FolderFile, FolderFiles, StaticLayout } from "./static-model/layout.ts";
export {
  type ReadFolderVectorsOptions,
  readVectorRowsFolder,
  readVectorsFolder,
} from "./static-model/read-folder-rows.ts";
export {
  type ReadFolderOptions,
  type ReadStaticModelOptions,
  readStaticModel,
  type StaticModel,
} from "./static-model/read-static-model.ts";
export { readTokenizerVocabulary, type TokenizerVocabulary } from "./static-model/tokenizer-vocabulary.ts";
export type { FileFormatName, VectorDType, VectorFormatName, WritableFormatName } from "./vector-format.ts";
export type { RowNote, RowNotes, VectorReport } from "./vector-report.ts";
export { evenly, joinLookUps, type WordLookUp } from "./word-look-up.ts";
export { writableFormatOf } from "./writable-format.ts";
export {
  type ByteOutput,
  type ByteSpool,
  type ExpectedRows,
  encodeVectors,
  openVectorWriter,
  type VectorWriter,
  type WriteReport,
  type WriteVectorsOptions,
  writeVectors,
} from "./write-vectors.ts";
