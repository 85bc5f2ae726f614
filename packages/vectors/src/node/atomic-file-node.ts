import { randomBytes } from "node:crypto";
import { type FileHandle, lstat, open, realpath, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { ThawlineError } from "@thawline/core";

/** Appends to the file being written. */
export type WriteChunk = (chunk: Uint8Array) => Promise<void>;

/**
 * Writes a file so that it is there whole or not at all: to a temporary name in the same folder, fsync, rename. When
 * `produce` or a write fails the temporary file is removed and what was there before stays. A device or pipe, which
 * cannot be replaced, is written to directly. Returns what `produce` returned.
 * @throws ThawlineError OUTPUT_FAILED with the path and the cause; what `produce` throws passes unchanged
 */
export async function writeFileAtomically<T>(path: string, produce: (write: WriteChunk) => Promise<T>): Promise<T> {
  const target = await realpath(path).catch(() => path);
  const existing = await lstat(target).catch(() => undefined);
  if (existing?.isDirectory()) throw new ThawlineError("OUTPUT_FAILED", `cannot write ${path}: it is a directory`);
  if (existing !== undefined && !existing.isFile())
    return writeTo(path, await openOutput(path, target, "w", undefined), produce);
  const temporary = temporaryBeside(target);
  const handle = await openOutput(path, temporary, "wx", existing?.mode);
  try {
    const result = await writeTo(path, handle, produce);
    await rename(temporary, target).catch(failed(path));
    await syncFolder(dirname(target));
    return result;
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** A name in the same folder that no other process takes: renaming works within one file system only. */
export function temporaryBeside(path: string): string {
  return join(dirname(path), `.${basename(path)}.${process.pid}-${randomBytes(4).toString("hex")}.tmp`);
}

/** Turns any error of an output into OUTPUT_FAILED, for `promise.catch`. */
export function failed(path: string): (cause: NodeJS.ErrnoException) => never {
  return (cause) => {
    throw new ThawlineError("OUTPUT_FAILED", `cannot write ${path}: ${reason(cause)}`, { cause });
  };
}

async function openOutput(path: string, name: string, flags: string, mode: number | undefined): Promise<FileHandle> {
  return open(name, flags, mode === undefined ? 0o666 : mode & 0o777).catch(failed(path));
}

async function writeTo<T>(path: string, handle: FileHandle, produce: (write: WriteChunk) => Promise<T>): Promise<T> {
  try {
    const result = await produce((chunk) => handle.writeFile(chunk).catch(failed(path)));
    // Devices and pipes cannot be synced.
    await handle.sync().catch((cause: NodeJS.ErrnoException) => {
      if (cause.code !== "EINVAL" && cause.code !== "ENOTSUP") failed(path)(cause);
    });
    return result;
  } finally {
    await handle.close().catch(failed(path));
  }
}

/** Makes the new name itself durable, where the platform lets a folder be opened. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r").catch(() => undefined);
  await handle?.sync().catch(() => {});
  await handle?.close();
}

function reason({ code, message }: NodeJS.ErrnoException): string {
  if (code === "ENOSPC") return "the disk is full";
  if (code === "EACCES" || code === "EPERM") return "no permission";
  if (code === "EROFS") return "the file system is read-only";
  if (code === "ENOENT") return "its folder does not exist";
  if (code === "ENOTDIR") return "a part of its path is not a folder";
  return code ?? message;
}
