import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { type FineTuneOptions, fineTuneFiles } from "thawline";
import { UsageError } from "./usage-error.ts";

/** What is compared: `finetune` with its defaults but for these options. */
const arms: readonly { readonly name: string; readonly options: Partial<FineTuneOptions> }[] = [
  { name: "frozen", options: { policy: "frozen" } },
  { name: "full, lr", options: { policy: "full", embeddingLr: 0.01 } },
  { name: "full, lr / 5", options: { policy: "full", embeddingLr: 0.002 } },
  { name: "gradual, lr / 5", options: { policy: "gradual", embeddingLr: 0.002 } },
  { name: "gradual, lr / 10", options: { policy: "gradual", embeddingLr: 0.001 } },
];

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

/**
 * `bench policies --vectors F --data DIR [--data DIR …] [--seeds 3]`: test accuracy and drift of freeze policies, as means
 * over seeds, as a markdown table. DIR has train.tsv, dev.tsv and test.tsv.
 */
export async function policies(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      vectors: { type: "string" },
      data: { type: "string", multiple: true },
      seeds: { type: "string", default: "3" },
    },
  });
  const { vectors, data } = values;
  const seeds = Number(values.seeds);
  if (vectors === undefined || data === undefined || !(Number.isInteger(seeds) && seeds >= 1)) {
    throw new UsageError("policies takes --vectors FILE, --data DIR (once or more) and --seeds N");
  }
  process.stdout.write(
    "| data | policy, vectors' rate | test accuracy | mean cosine distance | epochs |\n|---|---|---|---|---|\n",
  );
  const scratch = await mkdtemp(join(tmpdir(), "thawline-bench-"));
  try {
    for (const folder of data) {
      for (const { name, options } of arms) {
        const runs = [];
        for (let seed = 1; seed <= seeds; seed++) {
          runs.push(await run(scratch, { vectors, seed, ...options }, folder));
        }
        const accuracy = mean(runs.map((each) => each.metrics.test?.accuracy ?? Number.NaN));
        const drift = mean(runs.map((each) => each.drift?.meanCosineDistance ?? Number.NaN));
        const epochs = mean(runs.map((each) => each.epochs.length));
        process.stdout.write(
          `| ${basename(folder)} | ${name} | ${accuracy.toFixed(4)} | ${drift.toFixed(5)} | ${epochs.toFixed(1)} |\n`,
        );
      }
    }
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

const run = (scratch: string, options: Partial<FineTuneOptions>, folder: string) =>
  fineTuneFiles({
    ...options,
    train: join(folder, "train.tsv"),
    dev: join(folder, "dev.tsv"),
    test: join(folder, "test.tsv"),
    modelRows: "data",
    out: join(scratch, "run"),
    force: true,
  });
