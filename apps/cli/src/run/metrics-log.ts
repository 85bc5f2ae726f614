import { type FileHandle, open, readFile } from "node:fs/promises";
import { type EpochRecord, ThawlineError } from "@thawline/core";
import type { MeasuredEpoch } from "../pipeline/drift-probe.ts";

/** `metrics.ndjson`: one line an epoch, on disk before the next epoch begins. */
export interface MetricsLog {
  append(record: MeasuredEpoch): Promise<void>;
  /** The epochs so far, as they were logged. */
  epochs(): readonly MeasuredEpoch[];
  close(): Promise<void>;
}

/** What an earlier log of a run says of its epochs; nothing where there is none. */
async function loggedEpochs(path: string): Promise<ReadonlyMap<number, MeasuredEpoch>> {
  const text = await readFile(path, "utf8").catch(() => "");
  const lines = text.split("\n").filter((line) => line.endsWith("}"));
  return new Map(
    lines.map((line) => {
      const record: MeasuredEpoch = JSON.parse(line);
      return [record.epoch, record];
    }),
  );
}

/**
 * Opens the log with the epochs that a resumed run has already done; what the log alone knows of them (`sampledDrift`) is
 * kept.
 * @throws ThawlineError OUTPUT_FAILED
 */
export async function openMetricsLog(path: string, history: readonly EpochRecord[]): Promise<MetricsLog> {
  const failed = (cause: unknown): never => {
    throw new ThawlineError("OUTPUT_FAILED", `cannot write ${path}: ${(cause as Error).message}`, { cause });
  };
  const logged = history.length === 0 ? new Map<number, MeasuredEpoch>() : await loggedEpochs(path);
  const handle: FileHandle = await open(path, "w").catch(failed);
  const epochs: MeasuredEpoch[] = [];
  const append = async (record: MeasuredEpoch): Promise<void> => {
    epochs.push(record);
    await handle.appendFile(`${JSON.stringify(record)}\n`).catch(failed);
    await handle.datasync().catch(failed);
  };
  for (const record of history) {
    const sampledDrift = logged.get(record.epoch)?.sampledDrift;
    await append(sampledDrift === undefined ? record : { ...record, sampledDrift });
  }
  return { append, epochs: () => epochs, close: () => handle.close() };
}
