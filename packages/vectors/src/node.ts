export { type WriteChunk, writeFileAtomically } from "./node/atomic-file-node.ts";
export { type ConvertVectorsOptions, convertVectorsFile } from "./node/convert-vectors-file-node.ts";
export { folderFiles } from "./node/folder-files-node.ts";
export { type InspectFileOptions, inspectVectorsFile } from "./node/inspect-vectors-file-node.ts";
export { nodePlatform } from "./node/platform-node.ts";
export { readFastTextFile, readStaticModelFolder } from "./node/read-fasttext-file-node.ts";
export {
  type FileHash,
  type ReadVectorsFileOptions,
  readVectorRowsFile,
  readVectorsFile,
} from "./node/read-vectors-file-node.ts";
export {
  applyDeltaFile,
  hashVectorsFile,
  type RewriteVectorsFileOptions,
  readDeltaFile,
  rewriteVectorsFile,
} from "./node/rewrite-vectors-file-node.ts";
export { writeFolderAtomically } from "./node/write-folder-node.ts";
export { type StaticModelContent, writeStaticModelFolder } from "./node/write-static-model-node.ts";
export {
  type WriteVectorsFileOptions,
  writeVectorRowsFile,
  writeVectorsFile,
} from "./node/write-vectors-file-node.ts";
