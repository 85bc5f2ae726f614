import { describe, expect, it } from "vitest";
import { expectClose } from "../../test/expect-close.ts";
import { examplesOf, type SmallOptions, smallTrainer, wordyExamples } from "../../test/make-trainer.ts";
import { isRowUnmoved } from "../embedding/table.ts";
import type { ThawlineError } from "../errors.ts";
import { type FreezePolicy, gradualPolicy } from "../policy/policy.ts";
import type { EmbeddingTrainer } from "./embedding-trainer.ts";
import type { Examples } from "./examples.ts";
import { type FineTuneCheckpoint, type FineTuneOptions, fineTune, type TrainingEvent } from "./fine-tune.ts";

const train = wordyExamples(22, 1);
const dev = wordyExamples(15, 2);
/** The dev examples with every label turned round: whatever training learns is wrong on them. */
const contrary: Examples = { ...train, labels: train.labels.map((label) => 1 - label) };

async function run(trainer: EmbeddingTrainer, options: FineTuneOptions): Promise<TrainingEvent[]> {
  const events: TrainingEvent[] = [];
  for await (const event of fineTune(trainer, options)) events.push(event);
  return events;
}

const finishOf = (events: readonly TrainingEvent[]) => {
  const last = events[events.length - 1];
  if (last.kind !== "finished") throw new Error(`the last event is ${last.kind}`);
  return last;
};
const recordsOf = (events: readonly TrainingEvent[]) =>
  events.flatMap((event) => (event.kind === "epoch" ? [event.record] : []));

describe("fineTune: events", () => {
  it("come in order: phase, progress, epoch, checkpoint, finished", async () => {
    const { trainer } = await smallTrainer({ policy: gradualPolicy({ until: { kind: "epochs", epochs: 2 } }) });
    const events = await run(trainer, { train, dev, epochs: 3, progressEvery: 4, checkpointEvery: 2 });
    // 22 examples in batches of four are six steps an epoch.
    const told = events.map((event) => {
      if (event.kind === "phase") return `phase ${event.index} ${event.phase} before ${event.epoch}`;
      if (event.kind === "progress")
        return `progress ${event.epoch}: ${event.step}, ${event.examplesDone}/${event.examplesTotal}`;
      if (event.kind === "epoch") return `epoch ${event.record.epoch} ${event.record.phase}`;
      if (event.kind === "checkpoint") return `checkpoint ${event.reason}`;
      if (event.kind === "guard") return `guard ${event.event.action}`;
      return `finished ${event.reason}`;
    });
    expect(told).toEqual([
      "phase 0 frozen before 1",
      "progress 1: 4, 16/22",
      "progress 1: 6, 22/22",
      "epoch 1 frozen",
      "progress 2: 8, 8/22",
      "progress 2: 12, 22/22",
      "epoch 2 frozen",
      "checkpoint interval",
      "phase 1 tuned before 3",
      "progress 3: 16, 16/22",
      "progress 3: 18, 22/22",
      "epoch 3 tuned",
      "finished epochs",
    ]);
  });

  it("carry figures: the mean loss over examples, dev scores, drift", async () => {
    const { trainer } = await smallTrainer();
    // One epoch at a rate that moves nothing to speak of: its training loss is the loss of the start.
    const { trainer: still } = await smallTrainer({ optimizer: { type: "sgd", learningRate: 1e-12 } });
    const start = await trainer.evaluate(train);
    const [record] = recordsOf(await run(still, { train, dev, epochs: 1 }));
    expectClose([record.trainLoss], [start.loss], 1e-9);
    const devStart = await still.evaluate(dev);
    expect([record.devLoss, record.devAccuracy]).toEqual([devStart.loss, devStart.accuracy]);

    const events = await run(trainer, { train, dev, epochs: 2, restoreBest: false });
    const last = recordsOf(events)[1];
    const devEnd = await trainer.evaluate(dev);
    expect([last.devLoss, last.devAccuracy]).toEqual([devEnd.loss, devEnd.accuracy]);
    expect(last.meanCosineDistance).toBe(trainer.drift().meanCosineDistance);
    expect(last.meanCosineDistance).toBeGreaterThan(0);
    expect(finishOf(events).history).toEqual(recordsOf(events));
    const progress = events.filter((event) => event.kind === "progress");
    expect(progress[progress.length - 1].loss).toBe(last.trainLoss);
  });

  it("have no dev figures without dev examples, and monitor the training loss", async () => {
    const { trainer } = await smallTrainer();
    const events = await run(trainer, { train, epochs: 3 });
    for (const record of recordsOf(events)) expect([record.devLoss, record.devAccuracy]).toEqual([null, null]);
    const losses = recordsOf(events).map((record) => record.trainLoss);
    expect(losses[2]).toBeLessThan(losses[0]);
    expect(finishOf(events).bestEpoch).toBe(losses.indexOf(Math.min(...losses)) + 1);
  });

  it("are the same for the same seeds, to the bit, and others for another order (property 13)", async () => {
    const once = async (seed: number) => {
      const { trainer } = await smallTrainer({ headOptions: { dropout: 0.2 } });
      return [await run(trainer, { train, dev, epochs: 2, seed }), trainer.snapshot()];
    };
    const first = await once(1);
    expect(await once(1)).toEqual(first);
    expect(await once(2)).not.toEqual(first);
  });
});

describe("fineTune: unfreezing", () => {
  // No gain is ever large enough: the plateau comes after the patience.
  const onPlateau = (patience: number): FreezePolicy =>
    gradualPolicy({ until: { kind: "plateau", patience, minDelta: 100 }, headRate: 0.5 });
  const rates = { optimizer: { type: "sgd", learningRate: 0.4 } as const, embeddings: { learningRate: 0.02 } };

  it("happens on a plateau, no earlier: rows are bit-identical up to there and move after", async () => {
    const { trainer, table } = await smallTrainer({ ...rates, policy: onPlateau(2) });
    const unmoved: boolean[] = [];
    const events: TrainingEvent[] = [];
    for await (const event of fineTune(trainer, { train, dev, epochs: 5, restoreBest: false })) {
      events.push(event);
      if (event.kind === "epoch") {
        unmoved.push([...table.activeRows].every((row) => isRowUnmoved(table, row)));
      }
    }
    // Epoch 1 is a gain on nothing, 2 and 3 are none.
    expect(recordsOf(events).map((record) => record.phase)).toEqual(["frozen", "frozen", "frozen", "tuned", "tuned"]);
    expect(unmoved).toEqual([true, true, true, false, false]);
    expect(events).toContainEqual({ kind: "phase", epoch: 4, phase: "tuned", index: 1 });
  });

  it("trains the rows at their own, smaller rate, and the head at a smaller one than before", async () => {
    const { trainer } = await smallTrainer({ ...rates, policy: onPlateau(1) });
    const records = recordsOf(await run(trainer, { train, dev, epochs: 3 }));
    expect(records.map((record) => record.learningRates)).toEqual([
      { embeddings: 0, "head.output": 0.4 },
      { embeddings: 0, "head.output": 0.4 },
      { embeddings: 0.02, "head.output": 0.2 },
    ]);
  });

  it("moves the rows by that rate times their gradient", async () => {
    const { trainer, table } = await smallTrainer({ ...rates, policy: onPlateau(1) });
    await run(trainer, { train, dev, epochs: 2, restoreBest: false });
    expect(trainer.phase.name).toBe("tuned");
    const batch = examplesOf([[0, 2, 3]]);
    const { rows, rowValues, parameters } = await trainer.gradients(batch);
    const weight = [...trainer.parameters["linear.weight"].data];
    await trainer.step(batch);
    rows.forEach((row, u) => {
      const at = table.slotOf[row] * 3;
      const moved = [0, 1, 2].map((d) => table.overlay[at + d] - table.anchor[row * 3 + d]);
      expectClose(
        moved,
        [0, 1, 2].map((d) => -0.02 * rowValues[u * 3 + d]),
        1e-12,
      );
    });
    const movedWeight = [...trainer.parameters["linear.weight"].data].map((w, i) => w - weight[i]);
    expectClose(
      movedWeight,
      [...parameters["linear.weight"].data].map((g) => -0.2 * g),
      1e-12,
    );
  });
});

describe("fineTune: early stopping and best weights", () => {
  it("stops once patience is out, and restores the best epoch's weights", async () => {
    const { trainer } = await smallTrainer();
    const weights: unknown[] = [];
    const events: TrainingEvent[] = [];
    for await (const event of fineTune(trainer, { train, dev: contrary, epochs: 20, earlyStopping: { patience: 3 } })) {
      events.push(event);
      if (event.kind === "epoch") weights.push(trainer.snapshot({ weightsOnly: true }).tensors);
    }
    const records = recordsOf(events);
    const losses = records.map((record) => record.devLoss!);
    const finish = finishOf(events);
    expect(finish.reason).toBe("early-stopping");
    expect(finish.bestEpoch).toBe(losses.indexOf(Math.min(...losses)) + 1);
    expect(records).toHaveLength(finish.bestEpoch + 3);
    expect(trainer.snapshot({ weightsOnly: true }).tensors).toEqual(weights[finish.bestEpoch - 1]);
    expect(weights[weights.length - 1]).not.toEqual(weights[finish.bestEpoch - 1]);
    expect((await trainer.evaluate(contrary)).loss).toBe(losses[finish.bestEpoch - 1]);
    expect(events.flatMap((event) => (event.kind === "epoch" && event.isBest ? [event.record.epoch] : []))).toEqual(
      losses.flatMap((loss, i) => (losses.slice(0, i).every((before) => loss < before) ? [i + 1] : [])),
    );
  });

  it("goes on to the last epoch without it, and keeps its weights where asked", async () => {
    const { trainer } = await smallTrainer();
    const events = await run(trainer, { train, dev: contrary, epochs: 8, restoreBest: false });
    const losses = recordsOf(events).map((record) => record.devLoss!);
    expect(finishOf(events)).toMatchObject({ reason: "epochs", bestEpoch: 8 });
    expect(losses).toHaveLength(8);
    expect((await trainer.evaluate(contrary)).loss).toBe(losses[7]);
    expect(losses[7]).toBeGreaterThan(Math.min(...losses));
  });

  it("looks at the figure that is monitored", async () => {
    const { trainer } = await smallTrainer({ monitor: "devAccuracy" });
    const events = await run(trainer, { train, dev, epochs: 6 });
    const accuracies = recordsOf(events).map((record) => record.devAccuracy!);
    expect(finishOf(events).bestEpoch).toBe(accuracies.indexOf(Math.max(...accuracies)) + 1);
  });

  it("does not stop while the table is still frozen", async () => {
    const policy = gradualPolicy({ until: { kind: "epochs", epochs: 6 } });
    const { trainer } = await smallTrainer({ policy });
    const events = await run(trainer, { train, dev: contrary, epochs: 20, earlyStopping: { patience: 2 } });
    // Six frozen epochs, then two that do not beat the best of them.
    expect(recordsOf(events)).toHaveLength(8);
  });
});

describe("fineTune: interruption", () => {
  const options: SmallOptions = {
    precision: "f32",
    optimizer: { type: "adam", learningRate: 0.05, weightDecay: 0.01, decoupled: true },
    embeddings: { learningRate: 0.01 },
    headOptions: { dropout: 0.3 },
    wordDropout: 0.2,
    schedule: { type: "linear", warmup: 3 },
    totalSteps: 24,
    clipNorm: 1,
    policy: gradualPolicy({ until: { kind: "plateau", patience: 1, minDelta: 0.05, maxEpochs: 2 } }),
  };
  const settings: FineTuneOptions = { train, dev, epochs: 4, progressEvery: 1, seed: 3 };

  /** Runs until `stop` steps are made, then asks to stop. */
  async function interrupted(stop: number) {
    const { trainer } = await smallTrainer(options);
    const signal = { aborted: stop === 0 };
    let checkpoint: FineTuneCheckpoint | undefined;
    const events: TrainingEvent[] = [];
    for await (const event of fineTune(trainer, { ...settings, signal })) {
      events.push(event);
      if (event.kind === "progress" && event.step === stop) signal.aborted = true;
      if (event.kind === "checkpoint") checkpoint = event.checkpoint;
    }
    return { trainer, events, checkpoint: checkpoint! };
  }

  // Six steps an epoch: at the start, within and at the end of frozen and tuned epochs.
  it.each([0, 1, 5, 6, 8, 12, 13, 17, 18, 23])("after step %i, a resumed run ends with the same bits", async (stop) => {
    const { trainer: whole } = await smallTrainer(options);
    const uninterrupted = await run(whole, settings);
    expect(recordsOf(uninterrupted).map((record) => record.phase)).toEqual(["frozen", "frozen", "tuned", "tuned"]);

    const { events, checkpoint } = await interrupted(stop);
    expect(finishOf(events)).toMatchObject({ reason: "interrupted" });
    expect(checkpoint.trainer.state.step).toBe(stop);
    const { trainer: other } = await smallTrainer({ ...options, seed: 77 });
    const rest = await run(other, { ...settings, seed: 78, resume: checkpoint });
    expect(finishOf(rest)).toEqual(finishOf(uninterrupted));
    expect(other.snapshot()).toEqual(whole.snapshot());
    // Together the two runs tell what one run tells.
    const told = (of: TrainingEvent[]) => of.filter((event) => event.kind === "epoch" || event.kind === "progress");
    expect([...told(events), ...told(rest)]).toEqual(told(uninterrupted));
    const phases = new Set([...events, ...rest].flatMap((event) => (event.kind === "phase" ? [event.phase] : [])));
    expect([...phases]).toEqual(["frozen", "tuned"]);
  });

  it("leaves the trainer with the weights it had, not the best ones", async () => {
    const { trainer, checkpoint } = await interrupted(13);
    expect(trainer.snapshot()).toEqual(checkpoint.trainer);
    expect(checkpoint.best).not.toBeNull();
  });

  it("resumes from a checkpoint between epochs, and announces the phase that begins there", async () => {
    const { trainer } = await smallTrainer(options);
    const events = await run(trainer, { ...settings, checkpointEvery: 1 });
    const checkpoints = events.flatMap((event) => (event.kind === "checkpoint" ? [event.checkpoint] : []));
    expect(checkpoints).toHaveLength(4);
    for (const [i, checkpoint] of checkpoints.entries()) {
      const { trainer: other } = await smallTrainer({ ...options, seed: 77 });
      const rest = await run(other, { ...settings, checkpointEvery: 1, resume: checkpoint });
      const from = events.findIndex((event) => event.kind === "checkpoint" && event.checkpoint === checkpoint);
      expect(rest).toEqual(events.slice(from + 1));
      expect(rest[0].kind === "phase").toBe(i === 1);
      expect(other.snapshot()).toEqual(trainer.snapshot());
    }
  });

  it("refuses a checkpoint of another run, and writes nothing", async () => {
    const { checkpoint } = await interrupted(8);
    const { trainer } = await smallTrainer({ ...options, activeRows: [1, 2, 3] });
    const before = trainer.snapshot();
    await expect(run(trainer, { ...settings, resume: checkpoint })).rejects.toMatchObject({ code: "BAD_MODEL_FILE" });
    expect(trainer.snapshot()).toEqual(before);
  });
});

describe("fineTune: numbers that are not finite", () => {
  const poisonedAt =
    (at: number): NonNullable<SmallOptions["intercept"]> =>
    (result, step) =>
      step === at ? { ...result, loss: Number.NaN } : result;

  it("stop the run and restore the best epoch's weights", async () => {
    const { trainer } = await smallTrainer({ intercept: poisonedAt(9) });
    let good: unknown;
    const running = async () => {
      for await (const event of fineTune(trainer, { train, dev, epochs: 5 })) {
        if (event.kind === "epoch") good = trainer.snapshot({ weightsOnly: true }).tensors;
      }
    };
    await expect(running()).rejects.toMatchObject({ code: "NON_FINITE", step: 9, where: "loss" });
    expect(good).toBeDefined();
    expect(trainer.snapshot({ weightsOnly: true }).tensors).toEqual(good);
    expect(trainer.state.step).toBe(8);
  });

  it("in the first epoch restore the weights of the start", async () => {
    const { trainer } = await smallTrainer({ intercept: poisonedAt(3) });
    const start = trainer.snapshot({ weightsOnly: true }).tensors;
    await expect(run(trainer, { train, dev, epochs: 5 })).rejects.toMatchObject({ code: "NON_FINITE", step: 3 });
    expect(trainer.snapshot({ weightsOnly: true }).tensors).toEqual(start);
  });

  it("found by an evaluation restore them too", async () => {
    // Two texts that pull the head apart: a rate of 1e30 leaves float32 within an epoch or two.
    const torn = examplesOf([
      [0, 2],
      [1, 2],
    ]);
    const { trainer } = await smallTrainer({ precision: "f32", optimizer: { type: "sgd", learningRate: 1e30 } });
    const start = trainer.snapshot({ weightsOnly: true }).tensors;
    const failure: ThawlineError = await run(trainer, { train: torn, dev: torn, epochs: 9 }).then(
      () => expect.unreachable("it should fail"),
      (error) => error,
    );
    expect(failure).toMatchObject({
      code: "NON_FINITE",
      message: expect.stringContaining("Try a smaller learning rate"),
    });
    const { tensors } = trainer.snapshot({ weightsOnly: true });
    for (const { data } of Object.values(tensors)) expect([...data].every(Number.isFinite)).toBe(true);
    if (trainer.state.history.length === 0) expect(tensors).toEqual(start);
  });
});

describe("fineTune: what it refuses", () => {
  it.each<[string, Partial<FineTuneOptions>, object]>([
    ["no examples", { train: examplesOf([]) }, { code: "BAD_DATA" }],
    ["half an epoch", { epochs: 1.5 }, { code: "INVALID_CONFIG" }],
    ["epochs of NaN", { epochs: Number.NaN }, { code: "INVALID_CONFIG" }],
    ["no patience", { earlyStopping: { patience: 0 } }, { code: "INVALID_CONFIG" }],
    ["a negative minDelta", { earlyStopping: { patience: 1, minDelta: -1 } }, { code: "INVALID_CONFIG" }],
    ["progress every 0 steps", { progressEvery: 0 }, { code: "INVALID_CONFIG" }],
    ["checkpoints every 0 epochs", { checkpointEvery: 0 }, { code: "INVALID_CONFIG" }],
    ["a label that the head has not", { train: examplesOf([[2, 1]]) }, { name: "RangeError" }],
    ["a row that the table has not", { dev: examplesOf([[0, 12]]) }, { name: "RangeError" }],
  ])("%s", async (_, wrong, expected) => {
    const { trainer } = await smallTrainer();
    const before = trainer.snapshot();
    await expect(run(trainer, { train, dev, epochs: 1, ...wrong })).rejects.toMatchObject(expected);
    expect(trainer.snapshot()).toEqual(before);
  });

  it("takes examples without tokens, and dev sets without examples", async () => {
    const { trainer } = await smallTrainer();
    const events = await run(trainer, { train: examplesOf([[0], [1, 2]]), dev: examplesOf([]), epochs: 1 });
    expect(recordsOf(events)[0].devLoss).toBeNull();
    expect(finishOf(events).reason).toBe("epochs");
  });
});
