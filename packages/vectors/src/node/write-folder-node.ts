import { lstat, mkdir, readdir, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { ThawlineError } from "@thawline/core";
import { failed, temporaryBeside } from "./atomic-file-node.ts";

/**
 * Writes a folder so that it is there whole or not at all: `produce` fills a folder of a temporary name beside it, which
 * then gets its name. A folder that is there already is replaced where `mayReplace` says of its names that it may be, or
 * where it is empty.
 * @throws ThawlineError OUTPUT_FAILED; what `produce` throws passes unchanged
 */
export async function writeFolderAtomically(
  path: string,
  produce: (folder: string) => Promise<void>,
  mayReplace: (names: readonly string[]) => boolean = () => false,
): Promise<void> {
  const existing = await lstat(path).catch(() => undefined);
  if (existing !== undefined && !existing.isDirectory()) {
    throw new ThawlineError("OUTPUT_FAILED", `cannot write ${path}: it is a file, expected a folder or a new name`);
  }
  const names = existing === undefined ? [] : await readdir(path);
  if (names.length > 0 && !mayReplace(names)) {
    throw new ThawlineError(
      "OUTPUT_FAILED",
      `cannot write ${path}: it is a folder with other files in it (${names.slice(0, 3).join(", ")}); name another`,
    );
  }
  const target = path.replace(/[/\\]+$/, "");
  const temporary = temporaryBeside(target);
  await mkdir(dirname(temporary), { recursive: true }).catch(failed(path));
  await mkdir(temporary).catch(failed(path));
  try {
    await produce(temporary);
    if (existing !== undefined) await rm(target, { recursive: true }).catch(failed(path));
    await rename(temporary, target).catch(failed(path));
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw error;
  }
}
