import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expectClose, expectCode } from "../../test/expect-close.ts";
import {
  examplesOf,
  pick,
  type SmallOptions,
  smallTable,
  smallTrainer,
  wordyExamples,
} from "../../test/make-trainer.ts";
import type { LookUp } from "../embedding/look-up.ts";
import { createEmbeddingTable, isRowUnmoved, rowOf } from "../embedding/table.ts";
import type { PullConfig } from "../optim/pull.ts";
import type { TrustRegionConfig } from "../optim/trust-region.ts";
import { createRandom } from "../util/random.ts";
import { createEmbeddingDropout } from "./embedding-dropout.ts";
import { fineTune } from "./fine-tune.ts";
import type { TrainerSnapshot } from "./snapshot.ts";

const examples = wordyExamples(40, 3);
/** Batches of two, so that most rows are absent from most steps. */
const batches = Array.from({ length: 20 }, (_, i) => pick(examples, [2 * i, 2 * i + 1]));

const pulls: readonly PullConfig[] = [
  { type: "l2-sp", strength: 0.4 },
  { type: "l2-sp", strength: 0.4, coupled: true },
  { type: "recadam", strength: 0.8, annealing: { kind: "sigmoid", slope: 0.3, center: 8 } },
  { type: "mixout", probability: 0.4 },
];
const weighted: LookUp = {
  kind: "weighted",
  offsets: Int32Array.from({ length: 13 }, (_, token) => 2 * token),
  rows: Int32Array.from({ length: 24 }, (_, i) => (i % 2 === 0 ? Math.max(1, i / 2) : 1 + ((i * 5) % 11))),
  weights: Float64Array.from({ length: 24 }, (_, i) => (i % 2 === 0 ? 0.75 : 0.25)),
};
const settings: Readonly<Record<string, SmallOptions>> = {
  sgd: {},
  "adam in float32": { precision: "f32", optimizer: { type: "adam", learningRate: 0.1 } },
  "dense momentum": { embeddings: { rowUpdates: "dense", momentum: 0.9 } },
  "weighted look-up, dropouts": {
    lookUp: weighted,
    headOptions: { form: "positions" },
    embeddingDropout: 0.3,
    wordDropout: 0.2,
  },
  "trust region": { trustRegion: { maxCosineDistance: 0.05 } },
  "frozen rows, rates of rows": {
    policy: {
      name: "by-halves",
      phases: [
        {
          name: "some",
          learningRates: {},
          rows: { kind: "not", rule: { kind: "rows", rows: [2, 5] } },
          rowRates: [{ rows: { kind: "rows", rows: [3, 4] }, rate: 0.25 }],
        },
      ],
    },
  },
};

const bitsOf = ({ tensors, state, random, steps }: TrainerSnapshot) => ({
  state,
  random,
  steps,
  tensors: Object.fromEntries(Object.entries(tensors).map(([name, { data }]) => [name, [...data]])),
});

describe.each(pulls)("a trainer with %j", (pull) => {
  it.each(Object.entries(settings))("goes on from a snapshot to the same bits: %s", async (_, options) => {
    const whole = await smallTrainer({ ...options, pull });
    const saved: TrainerSnapshot[] = [];
    for (const [i, batch] of batches.entries()) {
      if (i === 13) {
        // What is shown is not what a snapshot keeps.
        whole.trainer.drift();
        saved.push(whole.trainer.snapshot());
      }
      await whole.trainer.step(batch);
    }
    const resumed = await smallTrainer({ ...options, pull });
    // Something to overwrite.
    await resumed.trainer.step(batches[5]!);
    resumed.trainer.drift();
    resumed.trainer.restore(saved[0]!);
    for (const batch of batches.slice(13)) await resumed.trainer.step(batch);
    expect(bitsOf(resumed.trainer.snapshot())).toEqual(bitsOf(whole.trainer.snapshot()));
    const [a, b] = [whole, resumed].map(({ trainer }) => trainer.snapshot({ weightsOnly: true }));
    expect(bitsOf(b!)).toEqual(bitsOf(a!));
  });

  it("trains to the same bits whether or not someone looks", async () => {
    for (const options of Object.values(settings)) {
      const [unseen, seen] = [await smallTrainer({ ...options, pull }), await smallTrainer({ ...options, pull })];
      for (const [i, batch] of batches.entries()) {
        await unseen.trainer.step(batch);
        await seen.trainer.step(batch);
        if (i % 3 === 0) seen.trainer.drift();
        if (i % 4 === 0) await seen.trainer.evaluate(examples);
        if (i % 5 === 0) seen.trainer.snapshot({ weightsOnly: i % 2 === 0 });
        if (i % 7 === 0) await seen.trainer.gradients(batch);
      }
      expect(bitsOf(seen.trainer.snapshot())).toEqual(bitsOf(unseen.trainer.snapshot()));
    }
  });

  it("evaluates, reports and saves the same rows", async () => {
    const { trainer, table } = await smallTrainer({ pull });
    for (const batch of batches) await trainer.step(batch);
    const weights = trainer.snapshot({ weightsOnly: true });
    const { drift, logits } = { drift: trainer.drift(), logits: await trainer.logits(examples) };
    expect([...table.overlay]).toEqual([...weights.tensors["embeddings.values"]!.data]);
    const other = await smallTrainer({ pull });
    other.trainer.restore(weights, { weightsOnly: true });
    expect(other.trainer.drift()).toEqual(drift);
    expect(await other.trainer.logits(examples)).toEqual(logits);
  });

  it("does not depend on the order of a batch, and a repeated word is one row", async () => {
    const rows = [
      [0, 3, 3, 5],
      [1, 5, 7, 3],
      [1, 9],
    ] as const;
    const run = async (order: readonly number[]) => {
      const { trainer, table } = await smallTrainer({ pull });
      for (let i = 0; i < 5; i++) await trainer.step(examplesOf(order.map((n) => rows[n]!)));
      trainer.drift();
      return [...table.overlay];
    };
    expectClose(await run([2, 0, 1]), await run([0, 1, 2]), 1e-12);
  });
});

describe("a lazy pull in a trainer", () => {
  it("is that of every row in every step: an absent row moves back by its closed form, a frozen table does not", async () => {
    const pull: PullConfig = { type: "l2-sp", strength: 0.5 };
    const policy = {
      name: "on-off-on",
      phases: [
        { name: "on", learningRates: {}, until: { kind: "epochs", epochs: 1 } },
        { name: "off", learningRates: { embeddings: 0 }, until: { kind: "epochs", epochs: 1 } },
        { name: "on again", learningRates: { embeddings: 0.5 } },
      ],
    } as const;
    const { trainer, table } = await smallTrainer({ pull, policy, optimizer: { type: "sgd", learningRate: 0.1 } });
    const record = { epoch: 1, phase: "", learningRates: {}, trainLoss: 1, devLoss: null, devAccuracy: null };
    const first = examplesOf([[1, 7]]);
    const others = examplesOf([[0, 3]]);
    const wayOf = () => Array.from(rowOf(table, 7), (x, d) => x - table.anchor[7 * 3 + d]);
    await trainer.step(first);
    trainer.drift();
    const way = wayOf();
    expect(Math.hypot(...way)).toBeGreaterThan(0.01);
    for (let i = 0; i < 9; i++) await trainer.step(others);
    trainer.drift();
    expectClose(
      wayOf(),
      way.map((x) => x * 0.95 ** 9),
      1e-12,
    );
    trainer.endEpoch({ ...record, meanCosineDistance: 0 });
    const frozen = [...table.overlay];
    for (let i = 0; i < 9; i++) await trainer.step(others);
    trainer.drift();
    expect([...table.overlay]).toEqual(frozen);
    trainer.endEpoch({ ...record, epoch: 2, meanCosineDistance: 0 });
    for (let i = 0; i < 4; i++) await trainer.step(others);
    trainer.drift();
    expectClose(
      wayOf(),
      way.map((x) => x * 0.95 ** 9 * 0.975 ** 4),
      1e-12,
    );
  });

  it("has paid up every row when an epoch's end judges how far rows have moved", async () => {
    const pull: PullConfig = { type: "l2-sp", strength: 1 };
    const limit = 0.01;
    const rule = { kind: "drift", figure: "l2", below: limit } as const;
    const policy = {
      name: "near rows",
      phases: [
        { name: "all", learningRates: {}, until: { kind: "epochs", epochs: 1 } },
        { name: "near", learningRates: {}, rows: rule },
      ],
    } as const;
    const { trainer, table } = await smallTrainer({ pull, policy, optimizer: { type: "sgd", learningRate: 0.3 } });
    const wayOf = (row: number) =>
      Math.hypot(...Array.from(rowOf(table, row), (x, d) => x - table.anchor[row * 3 + d]));
    await trainer.step(examplesOf([[1, 7]]));
    expect(wayOf(7)).toBeGreaterThan(limit);
    // Absent for 30 steps, it goes back to 0.7³⁰ of its way: near again, without having been looked at.
    for (let i = 0; i < 30; i++) await trainer.step(examplesOf([[0, 3]]));
    const meanCosineDistance = 0;
    const none = { learningRates: {}, trainLoss: 1, devLoss: null, devAccuracy: null, meanCosineDistance };
    trainer.endEpoch({ ...none, epoch: 1, phase: "all" });
    expect(wayOf(7)).toBeLessThan(limit);
    const before = [...rowOf(table, 7)];
    await trainer.step(examplesOf([[1, 7]]));
    expect([...rowOf(table, 7)]).not.toEqual(before);
  });

  it("pulls with the learning rate of the schedule", async () => {
    const { trainer, table } = await smallTrainer({
      pull: { type: "l2-sp", strength: 1 },
      optimizer: { type: "sgd", learningRate: 0.4 },
      schedule: { type: "linear" },
      totalSteps: 4,
    });
    await trainer.step(examplesOf([[1, 7]]));
    trainer.drift();
    const way = rowOf(table, 7)[0] - table.anchor[21];
    const rates: number[] = [];
    for (let i = 0; i < 3; i++) rates.push((await trainer.step(examplesOf([[0, 3]]))).learningRates.embeddings!);
    trainer.drift();
    expect(rates[0]).toBeGreaterThan(rates[2]!);
    expectClose([rowOf(table, 7)[0] - table.anchor[21]], [rates.reduce((left, rate) => left * (1 - rate), way)], 1e-12);
  });

  it("leaves fineTune's best weights and record as they were", async () => {
    const { trainer } = await smallTrainer({ pull: { type: "l2-sp", strength: 1 } });
    const records: number[] = [];
    for await (const event of fineTune(trainer, { train: examples, dev: examples, epochs: 3 })) {
      if (event.kind === "epoch") records.push(event.record.meanCosineDistance);
      if (event.kind === "finished") expectClose([trainer.drift().meanCosineDistance], [records[event.bestEpoch - 1]!]);
    }
    expect(records).toHaveLength(3);
  });

  it("does not take a snapshot of a run with another pull", async () => {
    const plain = await smallTrainer();
    const pulled = await smallTrainer({ pull: { type: "l2-sp", strength: 1 } });
    await pulled.trainer.step(batches[0]!);
    expectCode(() => plain.trainer.restore(pulled.trainer.snapshot()), "BAD_MODEL_FILE");
    expectCode(() => pulled.trainer.restore(plain.trainer.snapshot()), "BAD_MODEL_FILE");
    plain.trainer.restore(pulled.trainer.snapshot({ weightsOnly: true }), { weightsOnly: true });
  });

  it("clips the joint norm with a coupled pull in it, as PyTorch does where the penalty is in the loss", async () => {
    const run = async (strength: number) => {
      const { trainer, table } = await smallTrainer({
        pull: { type: "l2-sp", strength, coupled: true },
        clipNorm: 1e-4,
        optimizer: { type: "sgd", learningRate: 1 },
      });
      rowOf(table, 7).forEach((x, d) => {
        rowOf(table, 7)[d] = x + 0.5;
      });
      const before = { row: [...rowOf(table, 7)], parameters: parametersOf(trainer) };
      await trainer.step(examplesOf([[1, 7]]));
      return Math.hypot(
        ...rowOf(table, 7).map((x, d) => x - before.row[d]!),
        ...parametersOf(trainer).map((x, i) => x - before.parameters[i]!),
      );
    };
    expectClose([await run(0), await run(100)], [1e-4, 1e-4], 1e-4);
  });
});

const parametersOf = ({ parameters }: Awaited<ReturnType<typeof smallTrainer>>["trainer"]): number[] =>
  Object.values(parameters).flatMap(({ data }) => [...data]);

describe("mixout in a trainer", () => {
  it("has the gradient of the mixed forward pass", async () => {
    // On a backend that knows the loss in closed form: the row's step is −η (1 − M) / (1 − p) ∘ the gradient at the mixed row.
    const pull: PullConfig = { type: "mixout", probability: 0.5 };
    const { trainer, table } = await smallTrainer({ pull, optimizer: { type: "sgd", learningRate: 0.1 } });
    const start = Array.from({ length: 3 }, (_, d) => table.anchor[21 + d] + d + 1);
    table.overlay.set(start, table.slotOf[7]! * 3);
    await trainer.step(examplesOf([[1, 7]]));
    const moved = [...rowOf(table, 7)].map((x, d) => x !== start[d]);
    // With this seed the mask has both.
    expect(new Set(moved).size).toBe(2);
    // The same step on a table that holds the mixed row.
    const plain = await smallTrainer({ optimizer: { type: "sgd", learningRate: 0.1 } });
    const mixed = start.map((x, d) => table.anchor[21 + d] + (moved[d] ? 2 * (x - table.anchor[21 + d]) : 0));
    plain.table.overlay.set(mixed, table.slotOf[7]! * 3);
    await plain.trainer.step(examplesOf([[1, 7]]));
    const expected = [...rowOf(plain.table, 7)].map((x, d) => (moved[d] ? 2 * (x - mixed[d]!) : 0) + start[d]!);
    expectClose(rowOf(table, 7), expected, 1e-12);
    expectClose(parametersOf(trainer), parametersOf(plain.trainer), 1e-12);
  });

  it("is off in evaluation", async () => {
    const [mixed, plain] = [await smallTrainer({ pull: pulls[3]! }), await smallTrainer()];
    for (const { table } of [mixed, plain]) table.overlay.fill(0.5);
    expect(await mixed.trainer.logits(examples)).toEqual(await plain.trainer.logits(examples));
  });
});

describe("embedding dropout", () => {
  const make = (rate: number) =>
    createEmbeddingDropout(rate, {
      dimension: 50,
      precision: "float64",
      allocate: (_, length) => new Float64Array(length),
    });

  it("drops a component at all positions of an example, scales the rest, and masks the gradient alike", () => {
    const dropout = make(0.25);
    const [examplesCount, positions] = [40, 3];
    const vectors = new Float64Array(examplesCount * positions * 50).fill(1);
    dropout.forward(vectors, examplesCount, createRandom(1));
    let dropped = 0;
    for (let b = 0; b < examplesCount; b++) {
      for (let d = 0; d < 50; d++) {
        const column = Array.from({ length: positions }, (_, l) => vectors[(b * positions + l) * 50 + d]);
        expect(new Set(column).size).toBe(1);
        expect([0, 1 / 0.75]).toContain(column[0]);
        if (column[0] === 0) dropped++;
      }
    }
    // Four standard errors of a share of 0.25 in 2000.
    expect(Math.abs(dropped / 2000 - 0.25)).toBeLessThan(4 * Math.sqrt((0.25 * 0.75) / 2000));
    const gradient = new Float64Array(vectors.length).fill(1);
    dropout.backward(gradient);
    expect(gradient).toEqual(vectors);
  });

  it("at rate 0, or without a generator, does nothing and draws nothing", () => {
    fc.assert(
      fc.property(fc.constantFrom(0, 0.5), fc.boolean(), (rate, hasRandom) => {
        if (rate > 0 && hasRandom) return;
        const random = createRandom(2);
        const dropout = make(rate);
        const vectors = Float64Array.from({ length: 100 }, (_, i) => i);
        dropout.forward(vectors, 2, hasRandom ? random : undefined);
        dropout.backward(vectors);
        expect([...vectors]).toEqual(Array.from({ length: 100 }, (_, i) => i));
        expect(random.state()).toEqual(createRandom(2).state());
      }),
      { seed: 5 },
    );
  });

  it("in a trainer drops components of the pooled vector: the gradient of a dropped one is 0", async () => {
    const { trainer, table } = await smallTrainer({ embeddingDropout: 0.5, seed: 2 });
    await trainer.step(examplesOf([[1, 7, 8]]));
    const moved = [7, 8].map((row) => [0, 1, 2].map((d) => rowOf(table, row)[d] !== table.anchor[row * 3 + d]));
    expect(moved[0]).toEqual(moved[1]);
    expect(new Set(moved[0]).size).toBe(2);
  });
});

describe("a trust region in a trainer", () => {
  it("holds at every step and in every report, and rows of words without a vector are free", async () => {
    const { anchor } = smallTable({ precision: "f32" });
    const pretrained = Uint8Array.from({ length: 12 }, (_, row) => (row === 7 ? 0 : 1));
    const table = createEmbeddingTable({ dimension: 3, anchor, activeRows: "all", pretrained });
    const trustRegion: TrustRegionConfig = { maxCosineDistance: 0.01, maxRelativeL2: 0.3 };
    const optimizer = { type: "adam", learningRate: 0.2 } as const;
    const { trainer } = await smallTrainer({ table, precision: "f32", optimizer, trustRegion });
    for (const batch of batches) {
      await trainer.step(batch);
      const { maxCosineDistance, mostMoved } = trainer.drift({ mostMoved: 12 });
      expect(maxCosineDistance).toBeLessThanOrEqual(0.01);
      for (const { relativeL2 } of mostMoved) expect(relativeL2).toBeLessThanOrEqual(0.3);
    }
    const way = Math.hypot(...rowOf(table, 7).map((x, d) => x - anchor[21 + d]));
    expect(way / Math.hypot(...anchor.subarray(21, 24))).toBeGreaterThan(0.35);
    expect(isRowUnmoved(table, 0)).toBe(true);
  });
});

describe("options of pulls", () => {
  it.each([
    { pull: null },
    { pull: { type: "l3-sp" } },
    { pull: { type: "l2-sp" } },
    { pull: { type: "l2-sp", strength: -1 } },
    { pull: { type: "l2-sp", strength: Number.NaN } },
    { pull: { type: "l2-sp", strength: 1, rows: "some" } },
    { pull: { type: "recadam", strength: 1 } },
    { pull: { type: "recadam", strength: 1, annealing: { kind: "cosine" } } },
    { pull: { type: "recadam", strength: 1, annealing: { kind: "sigmoid", slope: 0, center: 1 } } },
    { pull: { type: "recadam", strength: 1, annealing: { kind: "sigmoid", slope: 1 } } },
    { pull: { type: "recadam", strength: 1, annealing: { kind: "linear", steps: 0 } } },
    { pull: { type: "mixout", probability: 1 } },
    { pull: { type: "mixout" } },
    { trustRegion: {} },
    { trustRegion: { maxL2: -1 } },
    { trustRegion: { maxCosineDistance: 2.1 } },
    { trustRegion: { maxL2: 1, rows: "none" } },
    { embeddingDropout: 1 },
  ])("refuses %j", async (wrong) => {
    await expect(smallTrainer(wrong as SmallOptions)).rejects.toMatchObject({ code: "INVALID_CONFIG" });
  });
});
