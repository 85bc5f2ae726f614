import type { Io } from "../io.ts";
import { percent } from "./format.ts";
import { createProgressLine } from "./progress-line.ts";

/** Reading that is done sooner shows nothing. */
const patienceMs = 1000;

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;

/** Progress of reading a file of vectors. */
export interface ReadingProgress {
  /** For a reader's `onProgress`. */
  readonly onProgress: (progress: { readonly bytesRead: number; readonly totalBytes: number | undefined }) => void;
  clear(): void;
}

/** Shows on a terminal how far a file has been read, once that takes over a second. */
export function createReadingProgress(io: Io, { quiet, doing }: { quiet: boolean; doing: string }): ReadingProgress {
  const line = createProgressLine(io, quiet);
  const startedAt = performance.now();
  return {
    onProgress({ bytesRead, totalBytes }) {
      const elapsed = performance.now() - startedAt;
      if (elapsed < patienceMs) return;
      const rate = `${((bytesRead / elapsed) * 1e-3).toFixed(0)} MB/s`;
      const part =
        totalBytes === undefined || totalBytes === 0
          ? megabytes(bytesRead)
          : `${percent(bytesRead / totalBytes)} of ${megabytes(totalBytes)}`;
      line.show(`${doing}  ${part}  ${rate}`);
    },
    clear: () => line.clear(),
  };
}
