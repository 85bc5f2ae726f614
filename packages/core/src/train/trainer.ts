import { checked } from "../checked-backend.ts";
import { createDriftGuard } from "../drift/create-drift-guard.ts";
import { driftReport } from "../drift/drift-report.ts";
import { validateLookUp } from "../embedding/look-up.ts";
import { createRowAccumulator, type RowGradient } from "../embedding/row-gradient.ts";
import { resolveOptimizer } from "../optim/config.ts";
import { createRowOptimizer } from "../optim/row-optimizer.ts";
import { createRowRegularizer } from "../optim/row-regularizer.ts";
import { scheduleMultiplier } from "../optim/schedule.ts";
import { createTensorOptimizer } from "../optim/tensor-optimizer.ts";
import { phaseAt } from "../policy/phase.ts";
import { coversGroup, fullPolicy, groupRate, validatePolicy } from "../policy/policy.ts";
import { type FloatArray, floatTensor, type TensorMap } from "../tensor.ts";
import { deriveSeed } from "../util/derive-seed.ts";
import { createRandom, type Random } from "../util/random.ts";
import { applyGradients } from "./apply-gradients.ts";
import type { EmbeddingTrainer } from "./embedding-trainer.ts";
import { type Examples, exampleCount, sliceExamples } from "./examples.ts";
import { createForward, defaultEvaluationBatchSize } from "./forward.ts";
import { initialParameters } from "./initial-parameters.ts";
import { classificationMetrics } from "./metrics.ts";
import { explainNonFinite } from "./non-finite.ts";
import { restoreTrainer, snapshotTrainer } from "./snapshot.ts";
import { createTableGate, factsOf } from "./table-gate.ts";
import { checkTrainerOptions, embeddingsGroup, type TrainerOptions } from "./trainer-options.ts";
import { type EpochRecord, monitored } from "./training-state.ts";

/** The rates with those that are given in their place, the longest name that covers a group; 0 stays 0. */
function withRates(rates: Readonly<Record<string, number>>, given: Readonly<Record<string, number>>) {
  const names = Object.keys(given).sort((a, b) => b.length - a.length);
  return Object.fromEntries(
    Object.entries(rates).map(([group, rate]) => {
      const cover = names.find((name) => coversGroup(name, group));
      return [group, cover === undefined || rate === 0 ? rate : given[cover]!];
    }),
  );
}

/**
 * A trainer on any backend. The look-up, its gradient, the optimizers, the freeze policy and drift run here, on the host;
 * the backend computes the head's graph and its gradients.
 * @throws PolicyError INVALID_CONFIG, INVALID_POLICY, UNKNOWN_GROUP; RangeError where the look-up does not fit the table
 */
export async function createTrainer(options: TrainerOptions): Promise<EmbeddingTrainer> {
  checkTrainerOptions(options);
  if (options.lookUp !== undefined) validateLookUp(options.lookUp, options.table.rows);
  const { table, head, batchSize } = options;
  const backend = checked(options.backend);
  const { allocate, kernels } = table.arena;
  const precision = backend.supports.precision === "f64" ? "float64" : "float32";
  const monitor = options.monitor ?? "devLoss";
  const policy = options.policy ?? fullPolicy;
  const schedule = options.schedule ?? { type: "constant" };
  const headGroups = [...new Set(head.parameters.map((spec) => spec.group))];
  validatePolicy(policy, [embeddingsGroup, ...headGroups]);
  const facts = factsOf(table, {
    counts: options.rowCounts,
    words: options.rowWords,
    labels: options.rowLabelCounts,
  });
  const gate = createTableGate(table, policy, facts);

  const headConfig = resolveOptimizer(options.optimizer);
  const rowConfig = resolveOptimizer({ ...options.optimizer, ...options.embeddings });
  const parameters = initialParameters(options, precision, allocate);
  const parameterTensors: TensorMap = Object.fromEntries(
    head.parameters.map((spec) => [spec.name, floatTensor(spec.shape, parameters[spec.name]!)]),
  );
  const rowOptimizer = createRowOptimizer(table, rowConfig, { allocate, kernels: kernels.spans });
  const tensorOptimizer = createTensorOptimizer(headConfig, { allocate, kernels: kernels.spans });
  const { rowUpdates } = rowConfig;
  const { pull, trustRegion, seed = 1 } = options;
  const regularizer = createRowRegularizer(table, { pull, trustRegion, rowUpdates, seed });
  const targets = { parameters, rowOptimizer, tensorOptimizer, regularizer };
  const parts = {
    table,
    parameters: parameterTensors,
    rows: rowOptimizer.state,
    tensors: tensorOptimizer,
    pull: regularizer?.pull,
  };
  const accumulator = createRowAccumulator(table, kernels, allocate);
  const forward = createForward(options, { backend, precision, parameters });
  const allInputs = [...head.embeddings.map((input) => input.input), ...head.parameters.map((spec) => spec.name)];

  let random: Random = createRandom(deriveSeed(options.seed ?? 1, "dropout"));
  let step = 0;
  let history: readonly EpochRecord[] = [];
  let phase = policy.phases[0]!;
  let isBusy = false;

  const figures = (): number[] => history.map((record) => monitored(record, monitor));
  const applyPhase = (): void => {
    phase = policy.phases[phaseAt(policy, figures()).phase]!;
    gate.apply(phase);
  };
  applyPhase();
  regularizer?.enter(gate);
  const guard =
    options.guard === undefined
      ? undefined
      : createDriftGuard(table, options.guard, {
          hold: (slots) => gate.hold(slots),
          save() {
            // What is owed is counted by the rates of the present phase, and another may go back to this one.
            regularizer?.settle();
            return snapshotTrainer(parts, { step, history, random: random.state() }, false);
          },
          load: (saved) => restoreTrainer(parts, { ...saved, state: { step, history }, random: random.state() }, false),
          movesUnseen: pull !== undefined,
        });
  const place = () => ({ step, epoch: history.length + 1 });
  /** Slots that the coming update may write. */
  const slotsOf = (rows: RowGradient | undefined) => {
    if (rows === undefined) return undefined;
    return rowUpdates === "dense"
      ? { count: table.activeRows.length, at: (i: number) => i }
      : { count: rows.count, at: (i: number) => rows.slots[i]! };
  };

  const rates = (): Record<string, number> => {
    const multiplier = scheduleMultiplier(schedule, {
      step,
      totalSteps: options.totalSteps ?? 0,
      history: figures(),
    });
    const rateOf = (base: number, group: string): number => base * multiplier * groupRate(phase, group);
    const all: Record<string, number> = {
      [embeddingsGroup]: rateOf(rowConfig.learningRate, embeddingsGroup) * (guard?.rate ?? 1),
    };
    for (const group of headGroups) all[group] = rateOf(headConfig.learningRate, group);
    return all;
  };

  /** Buffers are shared between calls: a second one before the first has settled is the caller's mistake. */
  const alone = async <T>(work: () => Promise<T>): Promise<T> => {
    if (isBusy) throw new Error("a trainer's methods must not overlap: await the call before");
    isBusy = true;
    try {
      return await work();
    } finally {
      isBusy = false;
    }
  };

  const predict = async (batch: Examples): Promise<FloatArray> => {
    try {
      return await forward.predict(batch);
    } catch (error) {
      throw explainNonFinite(error, { step, during: "evaluation", phase: phase.name, learningRates: rates(), head });
    }
  };

  const trainer: EmbeddingTrainer = {
    table,
    tokens: options.lookUp?.kind === "weighted" ? options.lookUp.offsets.length - 1 : table.rows,
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
    step: (batch, { learningRates: given } = {}) =>
      alone(async () => {
        const learningRates = given === undefined ? rates() : withRates(rates(), given);
        const trainsRows = groupRate(phase, embeddingsGroup) > 0 && guard?.rate !== 0;
        const wrt = [
          ...(trainsRows ? head.embeddings.map((input) => input.input) : []),
          ...head.parameters.filter((spec) => groupRate(phase, spec.group) > 0).map((spec) => spec.name),
        ];
        const maskState = random.state();
        try {
          regularizer?.enter(gate);
          regularizer?.begin(step + 1);
          const tableFor = trainsRows ? regularizer?.lookUp : undefined;
          const { program, loss, inputs } = await forward.differentiate(batch, wrt, { random, tableFor });
          const rows = trainsRows ? accumulator.accumulate(inputs, gate.isFrozen) : undefined;
          const gradients = { parameters: program.gradients, rows, isFrozen: gate.isFrozen, rates: gate.rates };
          guard?.before(slotsOf(rows));
          applyGradients(options, targets, { gradients, learningRates });
          step++;
          const acted = guard?.after(place()) ?? [];
          // A row that was frozen now keeps its bits from now on.
          if (acted.length > 0) regularizer?.enter(gate);
          return { loss, step, learningRates, ...(acted.length === 0 ? {} : { guard: acted }) };
        } catch (error) {
          random = createRandom(maskState);
          throw explainNonFinite(error, { step: step + 1, during: "step", phase: phase.name, learningRates, head });
        }
      }),
    gradients: (batch) =>
      alone(async () => {
        regularizer?.reveal();
        const { program, loss, inputs } = await forward.differentiate(batch, allInputs);
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
      }),
    logits: (examples) =>
      alone(async () => {
        regularizer?.reveal();
        const count = exampleCount(examples);
        const size = options.evaluationBatchSize ?? defaultEvaluationBatchSize;
        const result = new Float64Array(count * head.classes);
        for (let start = 0; start < count; start += size) {
          const end = Math.min(count, start + size);
          const logits = await predict(sliceExamples(examples, start, end));
          result.set(logits.subarray(0, (end - start) * head.classes), start * head.classes);
        }
        return result;
      }),
    evaluate: async (examples) => classificationMetrics(await trainer.logits(examples), examples.labels, head.classes),
    drift(driftOptions) {
      regularizer?.reveal();
      return driftReport(table, { ...driftOptions, counts: options.rowCounts });
    },
    get guardEvents() {
      return guard?.events ?? [];
    },
    checkDrift() {
      if (guard === undefined) return [];
      regularizer?.settle();
      const acted = guard.check(place());
      regularizer?.enter(gate);
      return acted;
    },
    endEpoch(record) {
      regularizer?.settle();
      history = [...history, record];
      applyPhase();
      guard?.endEpoch();
    },
    snapshot({ weightsOnly = false } = {}) {
      regularizer?.enter(gate);
      if (weightsOnly) regularizer?.reveal();
      else regularizer?.conceal();
      const saved = snapshotTrainer(parts, { step, history, random: random.state() }, weightsOnly);
      if (weightsOnly) return saved;
      const tensors = { ...saved.tensors, ...gate.tensors(), ...guard?.tensors() };
      return { ...saved, tensors, ...(guard === undefined ? {} : { guard: guard.state() }) };
    },
    restore(snapshot, { weightsOnly = false } = {}) {
      // Before anything is written: it throws where the state is none.
      const savedRandom = createRandom(snapshot.random);
      restoreTrainer(parts, snapshot, weightsOnly);
      if (weightsOnly) {
        guard?.weightsReplaced();
        return;
      }
      step = snapshot.state.step;
      history = snapshot.state.history;
      random = savedRandom;
      applyPhase();
      gate.restore(snapshot.tensors);
      regularizer?.enter(gate, { settles: false });
      guard?.restore(snapshot.guard, snapshot.tensors);
    },
    close: () => forward.close(),
  };
  return trainer;
}
