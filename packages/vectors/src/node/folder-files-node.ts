import type { Hash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { FolderFile, FolderFiles } from "../static-model/layout.ts";
import { openFileSource } from "./file-source-node.ts";

/**
 * The files of a folder and of the folders in it, by their path; each is opened when it is read. The bytes of the
 * tokenizer and the weights, as they are read, go to `digest`.
 */
export async function folderFiles(folder: string, digest?: Hash): Promise<FolderFiles> {
  const files = new Map<string, FolderFile>();
  const add = (name: string) =>
    files.set(name, {
      async open() {
        const opened = await openFileSource(join(folder, name));
        const isHashed = digest !== undefined && /(^|\/)(tokenizer\.json|model\.safetensors)$/.test(name);
        return isHashed ? { ...opened, chunks: hashChunks(opened.chunks, digest) } : opened;
      },
    });
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    // The links of a download cache count as what they lead to.
    if (entry.isFile() || (entry.isSymbolicLink() && existsSync(join(folder, entry.name)))) add(entry.name);
    if (!entry.isDirectory()) continue;
    for (const inner of ["model.safetensors", "tokenizer.json"])
      if (existsSync(join(folder, entry.name, inner))) add(`${entry.name}/${inner}`);
  }
  return files;
}

/** Folders are read to the end, whatever is wanted: all bytes are hashed. */
async function* hashChunks(
  chunks: AsyncIterable<Uint8Array>,
  digest: Hash,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of chunks) {
    digest.update(chunk);
    yield chunk;
  }
}
