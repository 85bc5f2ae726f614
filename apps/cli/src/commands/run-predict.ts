import { setImmediate } from "node:timers/promises";
import { readLinesFile } from "@thawline/text/node";
import type { Io } from "../io.ts";
import { openPredictor, type Prediction } from "../model/predictor.ts";
import { UsageError } from "../options/usage-error.ts";
import type { BackendName } from "../pipeline/backend-names.ts";

interface PredictFlags {
  readonly model?: string;
  readonly top?: number;
  readonly json?: boolean;
  readonly backend?: BackendName | "auto";
}

const linesAtOnce = 256;

/** Lines as they come, up to some hundred at a time: a slow pipe is answered line by line, a file in large parts. */
async function* inBatches(lines: AsyncIterable<string>): AsyncGenerator<readonly string[]> {
  const iterator = lines[Symbol.asyncIterator]();
  const waiting = Symbol("waiting");
  let batch: string[] = [];
  let next = iterator.next();
  for (;;) {
    const result = await (batch.length === 0 ? next : Promise.race([next, setImmediate(waiting)]));
    if (result === waiting || batch.length === linesAtOnce) {
      yield batch;
      batch = [];
    }
    if (result === waiting) continue;
    if (result.done) break;
    batch.push(result.value);
    next = iterator.next();
  }
  if (batch.length > 0) yield batch;
}

/** Four digits, which is more than a probability of such a model means. */
const shown = (probability: number): string => probability.toFixed(4);

function line(prediction: Prediction, text: string, { json, top }: PredictFlags): string {
  const { label, probability } = prediction;
  const first = prediction.ranking.slice(0, top ?? 1);
  if (!json) return `${first.map((each) => `${each.label}\t${shown(each.probability)}`).join("\t")}\t${text}\n`;
  return `${JSON.stringify({ label, probability, text, ...(top === undefined ? {} : { top: first }) })}\n`;
}

/** `thawline predict` with parsed flags: streams, keeps the order, answers every line, empty ones too. */
export async function runPredict(file: string, flags: PredictFlags, { stdout }: Io): Promise<void> {
  if (flags.model === undefined) throw new UsageError("expected --model DIR: a folder that finetune wrote");
  const predictor = await openPredictor(flags.model, { backend: flags.backend ?? "auto" });
  try {
    for await (const texts of inBatches(readLinesFile(file))) {
      const predictions = await predictor.predict(texts);
      stdout.write(predictions.map((prediction, i) => line(prediction, texts[i]!, flags)).join(""));
    }
  } finally {
    await predictor.close();
  }
}
