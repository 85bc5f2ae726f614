import type { FastTextModel } from "../fasttext/fasttext-model.ts";
import { type ReadFastTextOptions, readFastText } from "../fasttext/read-fasttext.ts";
import { type ReadStaticModelOptions, readStaticModel, type StaticModel } from "../static-model/read-static-model.ts";
import { openFileSource } from "./file-source-node.ts";
import { folderFiles } from "./folder-files-node.ts";
import { nodePlatform } from "./platform-node.ts";

/** Reads a fastText model with its subwords from a file; see `readFastText`. */
export async function readFastTextFile(
  path: string,
  { entry, ...options }: Omit<ReadFastTextOptions, "file" | "size" | "platform"> = {},
): Promise<FastTextModel> {
  const { chunks, size } = await openFileSource(path, entry);
  return readFastText(chunks, {
    ...options,
    file: path,
    platform: nodePlatform,
    ...(size === undefined ? {} : { size }),
  });
}

/** Reads a Model2Vec or sentence-transformers folder; see `readStaticModel`. */
export async function readStaticModelFolder(
  folder: string,
  options: Omit<ReadStaticModelOptions, "folder" | "platform"> = {},
): Promise<StaticModel> {
  return readStaticModel(await folderFiles(folder), { ...options, folder, platform: nodePlatform });
}
