import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { type FineTuneOptions, findLearningRates, fineTuneFiles, type RunDocument } from "thawline";
import { UsageError } from "./usage-error.ts";

/** Rates of the head that the suggestion is held against; the vectors' rate is a fifth. */
const grid = [1e-4, 3.2e-4, 1e-3, 3.2e-3, 0.01, 0.032, 0.1, 0.32, 1];
/** Rates of the vectors whose drift after one epoch is shown. */
const driftRates = [2e-4, 6e-4, 0.002, 0.006, 0.02, 0.06, 0.2, 0.6];

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

interface Job {
  readonly vectors: string;
  readonly folder: string;
  readonly scratch: string;
}

const filesOf = ({ vectors, folder }: Job) => ({
  vectors,
  train: join(folder, "train.tsv"),
  dev: join(folder, "dev.tsv"),
});

const train = (job: Job, options: Partial<FineTuneOptions>): Promise<RunDocument> =>
  fineTuneFiles({
    ...filesOf(job),
    test: join(job.folder, "test.tsv"),
    modelRows: "data",
    report: false,
    ...options,
    out: join(job.scratch, "run"),
    force: true,
  });

const accuracyOf = (run: RunDocument, split: "dev" | "test"): number => run.metrics[split]?.accuracy ?? Number.NaN;

/** Accuracies at some rates, and the binomial standard error of the one on test. */
interface Scores {
  readonly dev: number;
  readonly test: number;
  readonly standardError: number;
}

/** Accuracy at some rates as means over seeds; null where training overflowed. */
async function accuracies(job: Job, options: Partial<FineTuneOptions>, seeds: number): Promise<Scores | null> {
  const runs: RunDocument[] = [];
  for (let seed = 1; seed <= seeds; seed++) {
    const run = await train(job, { ...options, seed }).catch((error: { readonly code?: string }) => {
      if (error.code !== "NON_FINITE") throw error;
      return null;
    });
    if (run === null) return null;
    runs.push(run);
  }
  const rows = runs[0]!.metrics.test!.rows;
  const [dev, test] = [
    mean(runs.map((run) => accuracyOf(run, "dev"))),
    mean(runs.map((run) => accuracyOf(run, "test"))),
  ];
  return { dev, test, standardError: Math.sqrt((test * (1 - test)) / rows) };
}

const cell = (found: Scores | null): string =>
  found === null ? "overflowed" : `${found.dev.toFixed(4)} / ${found.test.toFixed(4)}`;

/** Index of the rates with the highest accuracy. */
function bestOf(found: readonly (Scores | null)[], on: "dev" | "test"): number {
  const figures = found.map((each) => each?.[on] ?? 0);
  return figures.indexOf(Math.max(...figures));
}

async function suggestionRow(job: Job, seeds: number): Promise<string> {
  const started = performance.now();
  const { suggestion } = await findLearningRates(filesOf(job));
  const elapsed = `${((performance.now() - started) / 1000).toFixed(1)} s`;
  const own = await accuracies(job, { lr: suggestion.lr, embeddingLr: suggestion.embeddingLr }, seeds);
  const others = [];
  for (const lr of grid) others.push(await accuracies(job, { lr, embeddingLr: lr / 5 }, seeds));
  // As one would choose by hand: the best on dev. The best on test is picked on the very figure that is compared.
  const best = bestOf(others, "dev");
  const { test, standardError } = others[best]!;
  const isWithin = (least: number): string => (own !== null && own.test >= least - standardError ? "yes" : "NO");
  const figures = [
    `${suggestion.lr}, ${suggestion.embeddingLr}`,
    cell(own),
    `${cell(others[best]!)} at ${grid[best]}`,
    standardError.toFixed(4),
    isWithin(test),
    isWithin(others[bestOf(others, "test")]!.test),
  ];
  return [basename(job.folder), ...figures, ...others.map(cell), elapsed].join(" | ");
}

async function driftRow(job: Job, embeddingLr: number): Promise<string> {
  const run = await train(job, { policy: "full", epochs: 1, embeddingLr }).catch(() => null);
  if (run?.drift == null) return [basename(job.folder), embeddingLr, "overflowed", "", "", ""].join(" | ");
  const { meanCosineDistance, p95CosineDistance, neighborOverlapAt10 } = run.drift;
  const figures = [meanCosineDistance, p95CosineDistance, neighborOverlapAt10, accuracyOf(run, "dev")];
  return [basename(job.folder), embeddingLr, ...figures.map((each) => each.toFixed(4))].join(" | ");
}

/**
 * `bench lr-find --vectors F --data DIR [--vectors F --data DIR …] [--seeds 1] [--drift]`: accuracy with the rates that
 * `lr-find` suggests against a grid's, as a markdown table; with `--drift` what one epoch at growing rates does to the
 * vectors. The n-th vectors belong to the n-th folder, which has train.tsv, dev.tsv and test.tsv.
 */
export async function lrFindBench(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      vectors: { type: "string", multiple: true },
      data: { type: "string", multiple: true },
      seeds: { type: "string", default: "1" },
      drift: { type: "boolean", default: false },
    },
  });
  const seeds = Number(values.seeds);
  const { vectors = [], data = [], drift } = values;
  if (data.length === 0 || vectors.length !== data.length || !(Number.isInteger(seeds) && seeds >= 1)) {
    throw new UsageError("lr-find takes as many --vectors FILE as --data DIR, and --seeds N");
  }
  const head = drift
    ? ["data", "vectors' rate", "mean cosine distance", "95 % below", "of 10 neighbours stayed", "dev accuracy"]
    : [
        "data",
        "suggested",
        "dev / test there",
        "best of the grid by dev",
        "SE",
        "within",
        "also of the best by test",
        ...grid.map(String),
        "time of lr-find",
      ];
  process.stdout.write(`| ${head.join(" | ")} |\n|${"---|".repeat(head.length)}\n`);
  const scratch = await mkdtemp(join(tmpdir(), "thawline-bench-"));
  try {
    for (const [i, folder] of data.entries()) {
      const job = { vectors: vectors[i]!, folder, scratch };
      if (!drift) process.stdout.write(`| ${await suggestionRow(job, seeds)} |\n`);
      else for (const rate of driftRates) process.stdout.write(`| ${await driftRow(job, rate)} |\n`);
    }
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
