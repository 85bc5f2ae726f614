import {
  createBatchSelector,
  createRandom,
  deriveSeed,
  type EmbeddingTrainer,
  embeddingsGroup,
  exampleCount,
  type LrRangeTest,
  type LrSuggestions,
  lrRangeTest,
  shuffle,
  suggestLearningRate,
  ThawlineError,
} from "@thawline/core";
import { type Choice, chooseBackend, openNamed } from "../pipeline/choose-backend.ts";
import { defaults } from "../pipeline/defaults.ts";
import { makeTrainer } from "../pipeline/make-trainer.ts";
import { type Prepared, prepare } from "../pipeline/prepare.ts";
import { type FineTuneOptions, resolveSettings } from "../pipeline/settings.ts";
import { wipeOutDistance } from "./wipe-out.ts";

/** What `lr-find` can be told: what shapes `finetune`'s training, but for what it decides itself. */
export interface LrFindOptions
  extends Omit<
    FineTuneOptions,
    | "out"
    | "force"
    | "resume"
    | "policy"
    | "freezeEpochs"
    | "unfreezeOn"
    | "lr"
    | "embeddingLr"
    | "schedule"
    | "warmup"
    | "epochs"
    | "patience"
    | "checkpointEvery"
  > {
  /** First and last rate. */
  readonly from?: number;
  readonly to?: number;
  /** Steps of each test. */
  readonly steps?: number;
}

/** How the search is watched and stopped. */
export interface LrFindHooks {
  readonly onProgress?: (doing: string, done: number) => void;
  readonly signal?: AbortSignal;
}

/** The range test of a group, and what it says. */
export interface GroupRates extends LrRangeTest {
  /** Null where the loss never fell. */
  readonly suggestions: LrSuggestions | null;
  /** The rate that is suggested: `minimumTenth`, or the one below it that the trials chose. Null as `suggestions`. */
  readonly suggestion: number | null;
}

/** Held-out loss after one epoch of the head at a rate. */
export interface RateLoss {
  readonly lr: number;
  /** On `--dev`, or the rows held out of train; null where it stopped being finite. */
  readonly devLoss: number | null;
}

/** Drift after one epoch at a rate. */
export interface RateDrift {
  readonly embeddingLr: number;
  readonly meanCosineDistance: number;
  readonly p95CosineDistance: number;
}

/** What `lr-find --json` prints. */
export interface LearningRates {
  readonly command: "lr-find";
  readonly backend: string;
  readonly data: { readonly train: { readonly file: string; readonly rows: number } };
  /** For `--lr` and `--embedding-lr`. */
  readonly suggestion: { readonly lr: number; readonly embeddingLr: number };
  readonly head: GroupRates & {
    /** One epoch on frozen vectors at the rates tried, the largest first; the one with the least loss is suggested. */
    readonly tried: readonly RateLoss[];
  };
  readonly embeddings: GroupRates;
  /** One epoch of tuning at the rates tried for the vectors, the largest first; the last is the one suggested. */
  readonly drift: {
    readonly tried: readonly RateDrift[];
    /** Mean cosine distance beyond which a rate is said to wipe out. */
    readonly limit: number;
    /** True where the rate that the curve suggests went beyond it. */
    readonly wipesOut: boolean;
  };
  readonly notes: readonly string[];
}

/** Rates of the head that are tried, each √10 below the one before. */
const headTrials = 5;
/** Steps that the head trains before the vectors are tested: an epoch, but not fewer or more than these. */
const warmup = { least: 100, most: 1000 };
/** Rates for the vectors that are tried, each √10 below the one before, until one does not wipe out. */
const lowerings = 5;

/** Two significant digits: a curve of noisy losses says no more. */
const rounded = (rate: number): number => Number(rate.toPrecision(2));

/** Makes some steps at fixed rates, in a seeded order. */
async function trainFor(
  trainer: EmbeddingTrainer,
  { train, settings }: Prepared,
  options: { steps: number; learningRates: Readonly<Record<string, number>>; signal: AbortSignal | undefined },
): Promise<void> {
  const count = exampleCount(train);
  const order = Int32Array.from({ length: count }, (_, i) => i);
  const random = createRandom(deriveSeed(settings.seed, "lr-find"));
  const select = createBatchSelector(train);
  let at = count;
  for (let step = 0; step < options.steps; step++) {
    if (options.signal?.aborted) throw new ThawlineError("ABORTED", "stopped while finding learning rates");
    if (at >= count) {
      shuffle(order, random);
      at = 0;
    }
    const end = Math.min(count, at + trainer.batchSize);
    await trainer.step(select(order, at, end), { learningRates: options.learningRates });
    at = end;
  }
}

/** Ends the frozen phase, as an epoch without figures does. */
function unfreeze(trainer: EmbeddingTrainer): void {
  trainer.endEpoch({
    epoch: 1,
    phase: trainer.phase.name,
    learningRates: {},
    trainLoss: 0,
    devLoss: null,
    devAccuracy: null,
    meanCosineDistance: 0,
  });
}

/**
 * Held-out loss after some steps of the head at falling rates, on frozen vectors. A smoothed curve lags behind the rate that it
 * belongs to, by decades where the loss falls slowly: it proposes, trials decide.
 */
async function tryHeadRates(
  trainer: EmbeddingTrainer,
  prepared: Prepared,
  options: { lr: number; steps: number; signal: AbortSignal | undefined },
): Promise<RateLoss[]> {
  const saved = trainer.snapshot();
  const tried: RateLoss[] = [];
  for (let i = 0; i < headTrials; i++) {
    const lr = rounded(options.lr / Math.sqrt(10) ** i);
    let devLoss: number | null = null;
    try {
      await trainFor(trainer, prepared, { ...options, learningRates: { head: lr } });
      devLoss = (await trainer.evaluate(prepared.dev)).loss;
    } catch (error) {
      if (!ThawlineError.isInstance(error) || error.code !== "NON_FINITE") throw error;
    }
    trainer.restore(saved);
    tried.push({ lr, devLoss });
  }
  return tried;
}

/** Of the rates that were tried the one with the least loss, the larger where two are equal. */
function bestTried(tried: readonly RateLoss[]): number | null {
  let best: RateLoss | null = null;
  for (const each of tried) {
    if (each.devLoss !== null && (best === null || each.devLoss < best.devLoss!)) best = each;
  }
  return best?.lr ?? null;
}

/** Drift after an epoch at falling rates for the vectors, until one stays within the limit. */
async function tryRates(
  trainer: EmbeddingTrainer,
  prepared: Prepared,
  rates: { lr: number; embeddingLr: number; signal: AbortSignal | undefined },
) {
  const saved = trainer.snapshot();
  const steps = Math.ceil(exampleCount(prepared.train) / trainer.batchSize);
  const tried: RateDrift[] = [];
  for (let i = 0; i < lowerings; i++) {
    const embeddingLr = rounded(rates.embeddingLr / Math.sqrt(10) ** i);
    let stayedFinite = true;
    const learningRates = { head: rates.lr, [embeddingsGroup]: embeddingLr };
    await trainFor(trainer, prepared, { steps, learningRates, signal: rates.signal }).catch((error: unknown) => {
      if (!ThawlineError.isInstance(error) || error.code !== "NON_FINITE") throw error;
      stayedFinite = false;
    });
    const { meanCosineDistance, p95CosineDistance } = trainer.drift({ mostMoved: 0 });
    trainer.restore(saved);
    tried.push({ embeddingLr, meanCosineDistance, p95CosineDistance });
    if (stayedFinite && meanCosineDistance <= wipeOutDistance) break;
  }
  return tried;
}

const groupRates = (test: LrRangeTest, pick: (found: LrSuggestions) => number): GroupRates => {
  const suggestions = suggestLearningRate(test.points);
  return { ...test, suggestions, suggestion: suggestions === null ? null : rounded(pick(suggestions)) };
};

async function searchWith(
  prepared: Prepared,
  choice: Choice,
  options: LrFindOptions,
  hooks: LrFindHooks,
): Promise<LearningRates> {
  const { train, settings } = prepared;
  const { signal, onProgress = () => {} } = hooks;
  const trainer = await makeTrainer(prepared, choice.backend);
  const range = {
    train,
    seed: settings.seed,
    ...(options.from === undefined ? {} : { from: options.from }),
    ...(options.to === undefined ? {} : { to: options.to }),
    ...(options.steps === undefined ? {} : { steps: options.steps }),
    ...(signal === undefined ? {} : { signal }),
  };
  const notes: string[] = [];
  try {
    const onStep = (doing: string) => (done: number, steps: number) => onProgress(doing, done / steps);
    const head = groupRates(
      await lrRangeTest(trainer, { ...range, group: "head", onStep: onStep("testing rates of the head") }),
      (found) => found.minimumTenth,
    );
    const epoch = Math.ceil(exampleCount(train) / trainer.batchSize);
    const steps = Math.min(warmup.most, Math.max(warmup.least, epoch));
    onProgress("trying rates of the head", 0);
    const trials =
      head.suggestion === null ? [] : await tryHeadRates(trainer, prepared, { lr: head.suggestion, steps, signal });
    const chosen = bestTried(trials);
    const lr = chosen ?? settings.lr;
    if (chosen === null) notes.push(`the loss fell at no rate of the head: the suggestion is finetune's default`);
    onProgress("training the head", 0);
    await trainFor(trainer, prepared, { steps, learningRates: { head: lr }, signal });
    unfreeze(trainer);
    const rows = groupRates(
      await lrRangeTest(trainer, {
        ...range,
        group: embeddingsGroup,
        learningRates: { head: lr },
        againstFrozen: true,
        onStep: onStep("testing rates of the vectors"),
      }),
      (found) => found.minimumTenth,
    );
    const asked = rows.suggestion ?? rounded(lr / defaults.embeddingLrDivisor);
    if (rows.suggestion === null) {
      notes.push(
        "tuning the vectors lowered the loss at no rate: the suggestion is finetune's share of the head's, and --policy frozen may do as well",
      );
    }
    onProgress("measuring drift", 0);
    const tried = await tryRates(trainer, prepared, { lr, embeddingLr: asked, signal });
    const embeddingLr = tried[tried.length - 1]!.embeddingLr;
    return {
      command: "lr-find",
      backend: choice.name,
      data: { train: { file: settings.train, rows: exampleCount(train) } },
      suggestion: { lr, embeddingLr },
      head: { ...head, suggestion: chosen, tried: trials },
      embeddings: { ...rows, suggestion: rows.suggestion === null ? null : embeddingLr },
      drift: { tried, limit: wipeOutDistance, wipesOut: tried.length > 1 },
      notes,
    };
  } finally {
    await trainer.close();
  }
}

/**
 * Finds learning rates for `finetune` on a user's own data, by two range tests: of the head's rate on frozen vectors, then,
 * with the head trained for an epoch at its suggestion, of the vectors'. The rate for the vectors is lowered until an epoch
 * of tuning leaves their structure standing (`drift.limit`). Nothing is written.
 * @throws ThawlineError of the readers and of `prepare`; ABORTED
 */
export async function findLearningRates(options: LrFindOptions, hooks: LrFindHooks = {}): Promise<LearningRates> {
  const {
    from: _from,
    to: _to,
    steps: _steps,
    maxMeanCosineDistance: _budget,
    onDrift: _action,
    ...training
  } = options;
  const settings = resolveSettings({ ...training, out: "", policy: "gradual", freezeEpochs: 1, schedule: "constant" });
  const prepared = await prepare(settings, hooks.signal);
  const choice =
    settings.backend === "auto" ? await chooseBackend(prepared.head, "train") : await openNamed(settings.backend);
  try {
    return await searchWith(prepared, choice, options, hooks);
  } finally {
    await choice.backend.close();
  }
}
