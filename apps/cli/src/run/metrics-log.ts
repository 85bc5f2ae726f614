import { type FileHandle, open } from "node:fs/promises";
import { type EpochRecord, ThawlineError } from "@thawline/core";

/** `metrics.ndjson`: one line an epoch, on disk before the next epoch begins. */
export interface MetricsLog {
  append(record: EpochRecord): Promise<void>;
  close(): Promise<void>;
}

/** Opens the log with the epochs that a resumed run has already done. @throws ThawlineError OUTPUT_FAILED */
export async function openMetricsLog(path: string, history: readonly EpochRecord[]): Promise<MetricsLog> {
  const failed = (cause: unknown): never => {
    throw new ThawlineError("OUTPUT_FAILED", `cannot write ${path}: ${(cause as Error).message}`, { cause });
  };
  const handle: FileHandle = await open(path, "w").catch(failed);
  const append = async (record: EpochRecord): Promise<void> => {
    await handle.appendFile(`${JSON.stringify(record)}\n`).catch(failed);
    await handle.datasync().catch(failed);
  };
  for (const record of history) await append(record);
  return { append, close: () => handle.close() };
}
