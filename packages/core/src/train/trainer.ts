import type { Backend } from "../backend.ts";
import { checked } from "../checked-backend.ts";
import { type DriftReport, driftReport } from "../drift/drift-report.ts";
import type { Allocate } from "../embedding/allocate.ts";
import { createEntryBuilder, type Entries } from "../embedding/entries.ts";
import { identityLookUp, type LookUp } from "../embedding/look-up.ts";
import { createRowAccumulator, type RowGradient } from "../embedding/row-gradient.ts";
import type { EmbeddingTable } from "../embedding/table.ts";
import { PolicyError } from "../errors.ts";
import { clipFactor } from "../optim/clip.ts";
import { type OptimizerConfig, type RowOptimizerConfig, resolveOptimizer } from "../optim/config.ts";
import { projectMaxNorm } from "../optim/max-norm.ts";
import { createRowOptimizer } from "../optim/row-optimizer.ts";
import { type ScheduleConfig, scheduleMultiplier } from "../optim/schedule.ts";
import { createTensorOptimizer } from "../optim/tensor-optimizer.ts";
import { phaseAt } from "../policy/phase.ts";
import { type FreezePhase, type FreezePolicy, fullPolicy, groupRate, validatePolicy } from "../policy/policy.ts";
import { compileRowRule } from "../policy/row-rule.ts";
import { type FloatArray, floatTensor, sizeOf, type TensorMap } from "../tensor.ts";
import { deriveSeed } from "../util/derive-seed.ts";
import { createRandom, type Random } from "../util/random.ts";
import { type Examples, exampleCount } from "./examples.ts";
import { fillDropout } from "./fill-dropout.ts";
import type { Head } from "./head.ts";
import { type ClassificationMetrics, classificationMetrics } from "./metrics.ts";
import { explainNonFinite } from "./non-finite.ts";
import { createProgram, type Program, type ProgramRequest } from "./program.ts";
import { restoreTrainer, snapshotTrainer, type TrainerSnapshot } from "./snapshot.ts";
import { writeClassTargets } from "./targets.ts";
import { type EpochRecord, type Monitor, monitored, type TrainingState } from "./training-state.ts";

/** Name of the embedding table's group in policies and learning rates. */
export const embeddingsGroup = "embeddings";

/** What a trainer is made of. */
export interface TrainerOptions {
  readonly backend: Backend;
  /** Its overlay is written by training. */
  readonly table: EmbeddingTable;
  readonly head: Head;
  /** Default: token id = row. */
  readonly lookUp?: LookUp;
  /** Of the head's parameters. */
  readonly optimizer: OptimizerConfig;
  /** Of the table's rows; what is not given is as in `optimizer`. */
  readonly embeddings?: Partial<RowOptimizerConfig>;
  /** Default `fullPolicy`. */
  readonly policy?: FreezePolicy;
  /** Default constant. */
  readonly schedule?: ScheduleConfig;
  /** Steps that training has at most; schedules that end need it. */
  readonly totalSteps?: number;
  /** B: examples a step; smaller batches are padded with examples of weight 0. */
  readonly batchSize: number;
  /** Examples an evaluation run; default 256. */
  readonly evaluationBatchSize?: number;
  /** Joint L2 norm that gradients are clipped to. */
  readonly clipNorm?: number;
  /** Kim's max-norm on the rows of output weights. */
  readonly maxNorm?: number;
  /** `[C]`. */
  readonly classWeights?: ArrayLike<number>;
  /** In [0, 1). */
  readonly labelSmoothing?: number;
  /** Probability in [0, 1) that a token is left out of a training step. */
  readonly wordDropout?: number;
  /** For heads on positions: longest L, longer examples are cut; default 256. */
  readonly maxPositions?: number;
  /** `[V]` occurrences of each row in the training text, for policies with `min-count` rules. */
  readonly rowCounts?: ArrayLike<number>;
  /** Figure that plateaus look at; default `devLoss`. */
  readonly monitor?: Monitor;
  /** Starting values of parameters by name; others are initialised from `seed`. Copied. */
  readonly parameters?: Readonly<Record<string, ArrayLike<number>>>;
  /** Default 1. */
  readonly seed?: number;
}

/** What a step did. */
export interface StepReport {
  /** Mean loss of the batch before the update. */
  readonly loss: number;
  /** Steps done, this one included. */
  readonly step: number;
  /** Learning rate of each group in this step; 0 where frozen. */
  readonly learningRates: Readonly<Record<string, number>>;
}

/** Loss and gradients of a batch, nothing moved. Fresh arrays. */
export interface BatchGradients {
  readonly loss: number;
  readonly logits: FloatArray;
  readonly parameters: TensorMap;
  /** `[U]` rows ascending, and their gradients `[U, D]`. */
  readonly rows: Int32Array;
  readonly rowValues: Float64Array;
}

/** Trains a head and an embedding table under a freeze policy. Its methods must not overlap. */
export interface EmbeddingTrainer {
  readonly table: EmbeddingTable;
  readonly head: Head;
  readonly policy: FreezePolicy;
  readonly monitor: Monitor;
  readonly batchSize: number;
  readonly state: TrainingState;
  /** The policy's phase for the coming step. */
  readonly phase: FreezePhase;
  /** Parameters by name: live, not copies. */
  readonly parameters: TensorMap;
  /**
   * One optimizer step on at most `batchSize` examples.
   * @throws NonFiniteError with step, group and advice; nothing was updated then. BackendError
   */
  step(batch: Examples): Promise<StepReport>;
  /** Gradients of every group, frozen or not, without dropout. */
  gradients(batch: Examples): Promise<BatchGradients>;
  /** Scores `[N, C]` before the softmax, without dropout. Fresh. */
  logits(examples: Examples): Promise<Float64Array>;
  evaluate(examples: Examples): Promise<ClassificationMetrics>;
  drift(options?: { readonly mostMoved?: number }): DriftReport;
  /** Ends an epoch: the record joins the history and may change the phase. */
  endEpoch(record: EpochRecord): void;
  /** Everything that training depends on, copied; `weightsOnly` leaves out the optimizers' state. */
  snapshot(options?: { readonly weightsOnly?: boolean }): TrainerSnapshot;
  /** Goes back to a snapshot; `weightsOnly` leaves optimizer state, step count and history as they are. */
  restore(snapshot: TrainerSnapshot, options?: { readonly weightsOnly?: boolean }): void;
  /** Releases compiled programs; the backend stays open. */
  close(): Promise<void>;
}

const positionBucket = 8;

function checkOptions(options: TrainerOptions): void {
  const { table, head, batchSize } = options;
  const fail = (message: string): never => {
    throw new PolicyError("INVALID_CONFIG", message);
  };
  if (head.dimension !== table.dimension) {
    fail(`the head takes vectors of dimension ${head.dimension}, the table has ${table.dimension}`);
  }
  if (!Number.isInteger(batchSize) || batchSize < 1) fail(`batchSize should be a whole number ≥ 1, got ${batchSize}`);
  for (const name of ["labelSmoothing", "wordDropout"] as const) {
    const value = options[name] ?? 0;
    if (!(value >= 0 && value < 1)) fail(`${name} should be in [0, 1), got ${value}`);
  }
  for (const name of ["clipNorm", "maxNorm"] as const) {
    const value = options[name];
    if (value !== undefined && !(value > 0)) fail(`${name} should be > 0, got ${value}`);
  }
  const weights = options.classWeights;
  if (
    weights !== undefined &&
    (weights.length !== head.classes || Array.from(weights).some((w) => !(w >= 0 && Number.isFinite(w))))
  ) {
    fail(`classWeights should be ${head.classes} numbers ≥ 0, got [${Array.from(weights).slice(0, 10)}]`);
  }
}

function initialParameters(options: TrainerOptions, precision: "float32" | "float64", allocate: Allocate) {
  const random = createRandom(deriveSeed(options.seed ?? 1, "parameters"));
  const parameters: Record<string, FloatArray> = {};
  for (const spec of options.head.parameters) {
    const values = allocate(precision, sizeOf(spec.shape));
    const given = options.parameters?.[spec.name];
    if (given === undefined) spec.initialize(values, random);
    else if (given.length === values.length) values.set(given);
    else {
      throw new PolicyError(
        "INVALID_CONFIG",
        `parameter "${spec.name}" has ${values.length} numbers, ${given.length} were given`,
      );
    }
    parameters[spec.name] = values;
  }
  return parameters;
}

/**
 * A trainer on any backend. The look-up, its gradient, the optimizers, the freeze policy and drift run here, on the host;
 * the backend computes the head's graph and its gradients.
 * @throws PolicyError INVALID_CONFIG, INVALID_POLICY, UNKNOWN_GROUP
 */
export async function createTrainer(options: TrainerOptions): Promise<EmbeddingTrainer> {
  checkOptions(options);
  const { table, head, batchSize } = options;
  const backend = checked(options.backend);
  const { allocate, kernels } = table.arena;
  const precision = backend.supports.precision === "f64" ? "float64" : "float32";
  const monitor = options.monitor ?? "devLoss";
  const policy = options.policy ?? fullPolicy;
  const schedule = options.schedule ?? { type: "constant" };
  const headGroups = [...new Set(head.parameters.map((spec) => spec.group))];
  validatePolicy(policy, [embeddingsGroup, ...headGroups]);

  const headConfig = resolveOptimizer(options.optimizer);
  const rowConfig = resolveOptimizer({ ...options.optimizer, ...options.embeddings });
  const parameters = initialParameters(options, precision, allocate);
  const parameterTensors: TensorMap = Object.fromEntries(
    head.parameters.map((spec) => [spec.name, floatTensor(spec.shape, parameters[spec.name]!)]),
  );
  const rowOptimizer = createRowOptimizer(table, rowConfig, { allocate, kernels: kernels.spans });
  const tensorOptimizer = createTensorOptimizer(headConfig, { allocate, kernels: kernels.spans });
  const parts = { table, parameters: parameterTensors, rows: rowOptimizer.state, tensors: tensorOptimizer };
  const accumulator = createRowAccumulator(table, kernels, allocate);
  const lookUp = options.lookUp ?? identityLookUp;
  // One builder an input: each keeps the entries that the backward pass reads again.
  const builders = head.embeddings.map(() => createEntryBuilder(table, lookUp));
  const programs = new Map<string, Promise<Program>>();

  let random: Random = createRandom(deriveSeed(options.seed ?? 1, "dropout"));
  let step = 0;
  let history: readonly EpochRecord[] = [];
  let phase = policy.phases[0]!;
  let isFrozen: Uint8Array | undefined;

  const applyPhase = (): void => {
    phase =
      policy.phases[
        phaseAt(
          policy,
          history.map((record) => monitored(record, monitor)),
        ).phase
      ]!;
    isFrozen = undefined;
    if (phase.rows === undefined || phase.rows.kind === "all") return;
    const counts = options.rowCounts ?? new Int32Array(table.rows);
    const moves = compileRowRule(phase.rows, { rows: table.rows, counts, pretrained: table.pretrained });
    isFrozen = Uint8Array.from(table.activeRows, (row) => (moves(row) ? 0 : 1));
  };
  applyPhase();

  const programFor = (request: ProgramRequest): Promise<Program> => {
    const key = `${request.mode} ${request.shape.examples} ${request.shape.positions} ${request.wrt.join(" ")}`;
    let program = programs.get(key);
    if (program === undefined) {
      program = createProgram({ backend, head, parameters, precision, allocate }, request);
      programs.set(key, program);
    }
    return program;
  };

  const positionsOf = (batch: Examples): number => {
    if (batch.positions !== undefined) return batch.positions;
    if (head.embeddings.every((input) => input.form === "pooled")) return 0;
    let longest = 1;
    for (let b = 0; b < exampleCount(batch); b++)
      longest = Math.max(longest, batch.offsets[b + 1]! - batch.offsets[b]!);
    return Math.min(options.maxPositions ?? 256, Math.ceil(longest / positionBucket) * positionBucket);
  };

  const gather = (program: Program, batch: Examples, training: boolean): Entries[] => {
    const rate = training ? (options.wordDropout ?? 0) : 0;
    const dropout = rate > 0 ? { rate, random } : undefined;
    return head.embeddings.map((input, i) => {
      const builder = builders[i]!;
      const entries =
        input.form === "pooled"
          ? builder.pooled(batch, program.shape.examples, dropout)
          : builder.positions(batch, program.shape, program.buffers[input.mask!]!, dropout);
      kernels.gather(table, entries, program.buffers[input.input]!);
      return entries;
    });
  };

  const rates = (): Record<string, number> => {
    const figures = history.map((record) => monitored(record, monitor));
    const multiplier = scheduleMultiplier(schedule, { step, totalSteps: options.totalSteps ?? 0, history: figures });
    const all: Record<string, number> = {
      [embeddingsGroup]: rowConfig.learningRate * multiplier * groupRate(phase, embeddingsGroup),
    };
    for (const group of headGroups) all[group] = headConfig.learningRate * multiplier * groupRate(phase, group);
    return all;
  };

  /** Forward and backward of one batch, for the inputs in `wrt`. */
  const differentiate = async (batch: Examples, wrt: readonly string[], training: boolean) => {
    const count = exampleCount(batch);
    if (count > batchSize) throw new RangeError(`a batch has at most ${batchSize} examples, got ${count}`);
    const program = await programFor({
      mode: "train",
      shape: { examples: batchSize, positions: positionsOf(batch) },
      wrt,
    });
    const entries = gather(program, batch, training);
    const { target, weight } = program.buffers;
    const { classes } = head;
    const { classWeights, labelSmoothing } = options;
    writeClassTargets(
      batch.labels,
      { target: target!, weight: weight! },
      {
        classes,
        ...(classWeights === undefined ? {} : { classWeights }),
        ...(labelSmoothing === undefined ? {} : { labelSmoothing }),
      },
    );
    for (const input of program.head.dropout)
      fillDropout(program.buffers[input.input]!, training ? input.rate : 0, random);
    const { loss } = await program.executable.run(program.feeds, { into: program.into });
    const inputs = head.embeddings.flatMap((input, i) =>
      wrt.includes(input.input) ? [{ entries: entries[i]!, dX: program.gradients[input.input]! }] : [],
    );
    return { program, loss: loss!, inputs };
  };

  const update = (
    program: Program,
    rows: RowGradient | undefined,
    learningRates: Readonly<Record<string, number>>,
  ): void => {
    const trained = head.parameters.filter((spec) => program.gradients[spec.name] !== undefined);
    const gradientScale =
      options.clipNorm === undefined
        ? 1
        : clipFactor(
            options.clipNorm,
            trained.map((spec) => program.gradients[spec.name]!),
            rows,
            table.dimension,
          );
    for (const spec of trained) {
      const values = parameters[spec.name]!;
      tensorOptimizer.step(
        spec.name,
        { values, gradient: program.gradients[spec.name]! },
        { learningRate: learningRates[spec.group]!, gradientScale, decays: spec.decay },
      );
      if (options.maxNorm !== undefined && spec.output === true)
        projectMaxNorm(values, spec.shape[1]!, options.maxNorm);
    }
    if (rows !== undefined) {
      rowOptimizer.step(rows, { learningRate: learningRates[embeddingsGroup]!, gradientScale, isFrozen });
    }
  };

  const trainer: EmbeddingTrainer = {
    table,
    head,
    policy,
    monitor,
    batchSize,
    parameters: parameterTensors,
    get state() {
      return { step, history };
    },
    get phase() {
      return phase;
    },
    async step(batch) {
      const learningRates = rates();
      const trainsRows = groupRate(phase, embeddingsGroup) > 0;
      const wrt = [
        ...(trainsRows ? head.embeddings.map((input) => input.input) : []),
        ...head.parameters.filter((spec) => groupRate(phase, spec.group) > 0).map((spec) => spec.name),
      ];
      const maskState = random.state();
      try {
        const { program, loss, inputs } = await differentiate(batch, wrt, true);
        update(program, trainsRows ? accumulator.accumulate(inputs, isFrozen) : undefined, learningRates);
        step++;
        return { loss, step, learningRates };
      } catch (error) {
        random = createRandom(maskState);
        throw explainNonFinite(error, { step: step + 1, phase: phase.name, learningRates, head });
      }
    },
    async gradients(batch) {
      const wrt = [...head.embeddings.map((input) => input.input), ...head.parameters.map((spec) => spec.name)];
      const { program, loss, inputs } = await differentiate(batch, wrt, false);
      const rows = accumulator.accumulate(inputs);
      return {
        loss,
        logits: program.logits.slice(0, exampleCount(batch) * head.classes),
        parameters: Object.fromEntries(
          head.parameters.map((spec) => [spec.name, floatTensor(spec.shape, program.gradients[spec.name]!.slice())]),
        ),
        rows: Int32Array.from(rows.slots.subarray(0, rows.count), (slot) => table.activeRows[slot]!),
        rowValues: rows.values.slice(0, rows.count * table.dimension),
      };
    },
    async logits(examples) {
      const count = exampleCount(examples);
      const size = options.evaluationBatchSize ?? 256;
      const result = new Float64Array(count * head.classes);
      for (let start = 0; start < count; start += size) {
        const end = Math.min(count, start + size);
        const offsets = examples.offsets.subarray(start, end + 1);
        const batch: Examples = {
          ids: examples.ids,
          offsets,
          labels: examples.labels.subarray(start, end),
          ...(examples.positions === undefined ? {} : { positions: examples.positions }),
        };
        const program = await programFor({
          mode: "predict",
          shape: { examples: size, positions: positionsOf(batch) },
          wrt: [],
        });
        gather(program, batch, false);
        await program.executable.run(program.feeds, { into: program.into });
        result.set(program.logits.subarray(0, (end - start) * head.classes), start * head.classes);
      }
      return result;
    },
    async evaluate(examples) {
      return classificationMetrics(await trainer.logits(examples), examples.labels, head.classes);
    },
    drift: (driftOptions) => driftReport(table, driftOptions),
    endEpoch(record) {
      history = [...history, record];
      applyPhase();
    },
    snapshot: ({ weightsOnly = false } = {}) =>
      snapshotTrainer(parts, { step, history, random: random.state() }, weightsOnly),
    restore(snapshot, { weightsOnly = false } = {}) {
      restoreTrainer(parts, snapshot, weightsOnly);
      if (weightsOnly) return;
      step = snapshot.state.step;
      history = snapshot.state.history;
      random = createRandom(snapshot.random);
      applyPhase();
    },
    async close() {
      const open = await Promise.all(programs.values());
      programs.clear();
      await Promise.all(open.map((program) => program.executable.close()));
    },
  };
  return trainer;
}
