import { existsSync, statSync } from "node:fs";

/** What the caller's word for a source means. */
export interface SourcePath {
  /** The file, or `-` for stdin. */
  readonly path: string;
  /** The file within a zip archive. */
  readonly entry: string | undefined;
}

/**
 * Takes `archive.zip#entry` apart. A file that is called so as a whole goes first; then the part before a `#` must be a
 * file, the longest such part. What is neither stays as it is, for the message that there is no such file.
 */
export function splitSourcePath(path: string): SourcePath {
  if (path === "-" || existsSync(path)) return { path, entry: undefined };
  if (path.startsWith("-#")) return { path: "-", entry: path.slice(2) };
  for (let at = path.lastIndexOf("#"); at > 0; at = path.lastIndexOf("#", at - 1)) {
    const archive = path.slice(0, at);
    if (statSync(archive, { throwIfNoEntry: false })?.isFile()) return { path: archive, entry: path.slice(at + 1) };
  }
  return { path, entry: undefined };
}
