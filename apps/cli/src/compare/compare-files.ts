import { createEmbeddingTable, PolicyError } from "@thawline/core";
import { chooseBackend, openNamed } from "../pipeline/choose-backend.ts";
import { defaults } from "../pipeline/defaults.ts";
import type { RunEvent } from "../pipeline/events.ts";
import { joinSources, type Prepared } from "../pipeline/prepare.ts";
import { readSources, type Sources } from "../pipeline/read-sources.ts";
import type { FineTuneOptions, Settings } from "../pipeline/settings.ts";
import { writeJsonFile } from "../run/run-folder.ts";
import { version } from "../version.ts";
import { type ArmPlan, planArms } from "./arms.ts";
import { type Collected, collectRuns } from "./collect-runs.ts";
import { type CompareFolder, openCompareFolder } from "./compare-folder.ts";
import type { CompareDocument, Evaluation, InterruptedCompare } from "./document.ts";
import { foldsFor, withCrossValidation } from "./evaluation.ts";
import { type Cell, cellsOf } from "./plan-runs.ts";
import { type RunResult, runArm } from "./run-arm.ts";
import { type Plan, summarize } from "./summarize.ts";

/** What `compare` can be told: names and meanings are those of the command's flags. */
export interface CompareOptions extends Omit<FineTuneOptions, "policy" | "checkpointEvery" | "report"> {
  /** Policies by name, or JSON files. */
  readonly policies: readonly string[];
  /** Number of seeds, from `seed` on; default 3. */
  readonly seeds?: number;
  /** Also with so many training rows; `all` is always done. */
  readonly sizes?: readonly (number | "all")[];
  /** Cross-validate over so many parts of train; default where there is no `dev` and train is small. */
  readonly folds?: number;
  /** Write each run's changed rows; default true. */
  readonly deltas?: boolean;
  /** Write `report.html` and `report.md`; default true. */
  readonly report?: boolean;
}

/** What a comparison tells while it goes. */
export type CompareEvent =
  | {
      readonly kind: "prepared";
      readonly sources: Sources;
      readonly evaluation: Evaluation;
      readonly arms: readonly string[];
      readonly seeds: readonly number[];
      readonly runs: number;
      readonly backend: { readonly name: string; readonly reason: string };
    }
  | { readonly kind: "run"; readonly name: string; readonly event: RunEvent }
  | {
      readonly kind: "finished";
      readonly name: string;
      /** Of all; from 1. */
      readonly done: number;
      readonly runs: number;
      readonly result: RunResult;
      /** True where an earlier comparison in the folder had it. */
      readonly isReused: boolean;
    }
  | { readonly kind: "summarizing" };

/** How a comparison is watched and stopped. */
export interface CompareHooks {
  readonly onEvent?: (event: CompareEvent) => void;
  /** Stops after the present step; finished runs are kept. */
  readonly signal?: AbortSignal;
}

/** Everything that the runs share. */
interface RunsPlan extends Plan {
  readonly folder: CompareFolder;
  readonly cells: readonly Cell[];
}

const nameOf = (arm: ArmPlan, { seed, size, fold }: Cell): string =>
  [
    arm.name,
    `seed-${seed}`,
    ...(size === null ? [] : [`rows-${size}`]),
    ...(fold === null ? [] : [`fold-${fold + 1}`]),
  ].join("-");

function inputsOf({ base, splits }: Sources, settings: Settings): CompareDocument["inputs"] {
  return {
    vectors: base.sha256,
    train: splits.train.sha256,
    dev: settings.dev === null ? null : splits.dev.sha256,
    test: splits.test?.sha256 ?? null,
  };
}

/** Sizes below all, ascending and once each. @throws PolicyError INVALID_CONFIG where train has fewer rows */
function sizesOf(sizes: readonly (number | "all")[], available: number): number[] {
  const numbers = [...new Set(sizes.filter((size): size is number => size !== "all"))].sort((a, b) => a - b);
  const tooLarge = numbers.find((size) => size >= available);
  if (tooLarge !== undefined) {
    throw new PolicyError(
      "INVALID_CONFIG",
      `--sizes: each run trains on ${available} rows at most, got ${tooLarge}; all of them are compared anyway`,
    );
  }
  return numbers;
}

/** The join of one cell's rows with the vectors is the same for every arm; the table that training writes to is not. */
function forArm(shared: Prepared, arm: ArmPlan, seed: number): Prepared {
  const { dimension, anchor, activeRows, paddingRow, pretrained } = shared.table;
  const table = createEmbeddingTable({
    dimension,
    anchor,
    activeRows,
    paddingRow,
    ...(pretrained === undefined ? {} : { pretrained }),
  });
  return { ...shared, settings: { ...arm.settings, seed }, table, alignment: { ...shared.alignment, table } };
}

/** Runs every arm on every cell; null where it was stopped. */
async function runAll(
  plan: RunsPlan,
  options: CompareOptions,
  { hooks, backend }: { hooks: CompareHooks; backend: Parameters<typeof runArm>[1]["backend"] },
): Promise<{ collected: Collected; trainMs: number } | { done: number; total: number }> {
  const { folder, arms, cells, inputs } = plan;
  const report = hooks.onEvent ?? (() => {});
  const total = arms.length * cells.length;
  const collected: { arm: ArmPlan; cell: Cell; result: RunResult }[] = [];
  let trainMs = 0;
  for (const cell of cells) {
    let shared: Prepared | undefined;
    for (const arm of arms) {
      if (hooks.signal?.aborted) return { done: collected.length, total };
      const name = nameOf(arm, cell);
      const { seed, size, fold } = cell;
      const { out: _, ...settings } = { ...arm.settings, out: null, seed };
      const writesDelta = options.deltas !== false && size === null && fold === null;
      const identity = {
        version,
        settings,
        policy: arm.policy,
        inputs,
        size,
        fold,
        folds: plan.evaluation.folds,
        writesDelta,
      };
      let result = await folder.finished(name, identity);
      const isReused = result !== null;
      if (result === null) {
        shared ??= joinSources(cell.sources, { ...arm.settings, seed });
        const started = performance.now();
        result = await runArm(forArm(shared, arm, seed), {
          backend,
          folder: folder.runFolder(name),
          writesDelta,
          // Of a cross-validation the first fold's stand for all.
          measuresNeighbors: fold === null || fold === 0,
          signal: hooks.signal,
          report: (event) => report({ kind: "run", name, event }),
        });
        trainMs += performance.now() - started;
        if (result === null) return { done: collected.length, total };
        await folder.keep(name, identity, result);
      }
      collected.push({ arm, cell, result });
      report({ kind: "finished", name, done: collected.length, runs: total, result, isReused });
    }
  }
  return { collected: collectRuns(collected, nameOf), trainMs };
}

async function planRuns(folder: CompareFolder, options: CompareOptions, signal?: AbortSignal): Promise<RunsPlan> {
  const { policies, seeds: count = defaults.compareSeeds, sizes = [], folds, deltas: _, ...rest } = options;
  const { out: __, force: ___, resume: ____, report: _____, ...shared } = rest;
  const first = shared.seed ?? defaults.seed;
  const seeds = Array.from({ length: count }, (_, i) => first + i);
  // Seeds are the runs' own. Checkpoints would be of no use: a run that was stopped is made again.
  const every = Number.MAX_SAFE_INTEGER;
  const arms = await planArms(policies, { ...shared, seed: first, checkpointEvery: every, out: "" });
  const settings = arms[0]!.settings;
  const read = await readSources(settings, signal);
  const kFolds = foldsFor({ read, hasDev: settings.dev !== null, folds });
  const { sources, evaluation } = withCrossValidation(read, kFolds);
  const rows = sources.splits.train.dataset.rows;
  const available = kFolds === null ? rows : Math.floor((rows * (kFolds - 1)) / kFolds);
  const cells = [null, ...sizesOf(sizes, available)].flatMap((size) =>
    seeds.flatMap((seed) => cellsOf(sources, evaluation, { seed, size })),
  );
  return { folder, arms, seeds, sources, evaluation, cells, inputs: inputsOf(read, settings) };
}

/**
 * Trains frozen and tuned vectors on the same rows with the same seeds, and says whether tuning is worth it. Data and
 * vectors are read once; each run starts from untouched vectors. Where `hooks.signal` aborts, the document's status is
 * `interrupted`, and the same call with `resume` goes on.
 * @throws ThawlineError as `fineTuneFiles` does
 * @example
 * const { verdict } = await compareFiles({ vectors: "glove.txt", train: "train.tsv", dev: "dev.tsv", policies: ["frozen", "gradual"], seeds: 5, out: "compared" });
 */
export async function compareFiles(
  options: CompareOptions,
  hooks: CompareHooks = {},
): Promise<CompareDocument | InterruptedCompare> {
  const started = performance.now();
  const { force = false, resume = false } = options;
  const folder = await openCompareFolder(options.out, { force, resume });
  try {
    const plan = await planRuns(folder, options, hooks.signal);
    const { settings } = plan.arms[0]!;
    const { head, coverage } = joinSources(plan.sources, settings);
    const choice = settings.backend === "auto" ? await chooseBackend(head, "train") : await openNamed(settings.backend);
    try {
      const loadMs = performance.now() - started;
      const names = plan.arms.map(({ name }) => name);
      const runs = plan.arms.length * plan.cells.length;
      const { sources, evaluation, seeds } = plan;
      hooks.onEvent?.({ kind: "prepared", sources, evaluation, arms: names, seeds, runs, backend: choice });
      await writeJsonFile(folder.document, { command: "compare", version, status: "running" });
      const outcome = await runAll(plan, options, { hooks, backend: choice.backend });
      if ("done" in outcome) {
        const stopped: InterruptedCompare = { command: "compare", version, status: "interrupted", runs: outcome };
        await writeJsonFile(folder.document, stopped);
        return stopped;
      }
      hooks.onEvent?.({ kind: "summarizing" });
      const document = summarize(plan, {
        collected: outcome.collected,
        backend: choice.name,
        head: head.type,
        coverage,
        timing: { loadMs, trainMs: outcome.trainMs, totalMs: performance.now() - started },
        hasReport: options.report !== false,
      });
      if (options.report !== false) {
        const { reportComparison } = await import("./comparison-report.ts");
        await reportComparison(folder, document, { plan, asked: options });
      }
      await writeJsonFile(folder.document, document);
      return document;
    } finally {
      await choice.backend.close();
    }
  } finally {
    await folder.discardIfEmpty();
  }
}
