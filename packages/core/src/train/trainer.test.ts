import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expectClose } from "../../test/expect-close.ts";
import {
  examplesOf,
  pick,
  type SmallOptions,
  smallTable,
  smallTrainer,
  wordyExamples,
} from "../../test/make-trainer.ts";
import { testHead } from "../../test/test-head.ts";
import { isRowUnmoved } from "../embedding/table.ts";
import type { OptimizerConfig } from "../optim/config.ts";
import { createRandom, shuffle } from "../util/random.ts";
import { exampleCount } from "./examples.ts";
import { createTrainer } from "./trainer.ts";

const batch = examplesOf([[0, 2, 4, 4], [1, 3, 5, 0], [0, 2], [1]]);

const adamW: OptimizerConfig = { type: "adam", learningRate: 0.1, weightDecay: 0.1, decoupled: true };

const everyExample = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

describe("gradients", () => {
  it("are the slopes of the loss, of the table's rows too (central differences)", async () => {
    const { trainer, table } = await smallTrainer({ classWeights: [1, 2.5], labelSmoothing: 0.1 });
    const { rows, rowValues, parameters } = await trainer.gradients(batch);
    expect([...rows]).toEqual([2, 3, 4, 5]);
    const slopes = async (values: Float64Array): Promise<number[]> => {
      const found: number[] = [];
      for (let i = 0; i < values.length; i++) {
        const kept = values[i];
        values[i] = kept + 1e-5;
        const { loss: above } = await trainer.gradients(batch);
        values[i] = kept - 1e-5;
        const { loss: below } = await trainer.gradients(batch);
        values[i] = kept;
        found.push((above - below) / 2e-5);
      }
      return found;
    };
    const touched = [...rows].map((row) => table.slotOf[row]);
    const overlaySlopes = await slopes(table.overlay as Float64Array);
    expectClose(
      rowValues,
      touched.flatMap((slot) => overlaySlopes.slice(slot * 3, slot * 3 + 3)),
      1e-8,
    );
    const elsewhere = overlaySlopes.filter((_, i) => !touched.includes(Math.floor(i / 3)));
    expect(elsewhere.every((slope) => slope === 0)).toBe(true);
    for (const name of ["linear.weight", "linear.bias"]) {
      const live = trainer.parameters[name].data as Float64Array;
      expectClose(parameters[name].data, await slopes(live), 1e-8);
    }
  });

  it("move nothing, and are the caller's", async () => {
    const { trainer } = await smallTrainer({ headOptions: { dropout: 0.5 }, wordDropout: 0.5 });
    const before = trainer.snapshot();
    const first = await trainer.gradients(batch);
    const kept = JSON.stringify(first);
    expect(JSON.stringify(await trainer.gradients(batch))).toBe(kept);
    await trainer.gradients(examplesOf([[1, 7, 8]]));
    expect(JSON.stringify(first)).toBe(kept);
    expect(trainer.snapshot()).toEqual(before);
  });

  it("permuting a batch permutes scores and leaves the gradients (property 5)", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 8 }), fc.nat(), async (count, seed) => {
        const { trainer } = await smallTrainer({ batchSize: 8, classWeights: [0.5, 2], labelSmoothing: 0.1 });
        const examples = wordyExamples(count, seed);
        const order = everyExample(count);
        shuffle(order, createRandom(seed));
        const straight = await trainer.gradients(examples);
        const permuted = await trainer.gradients(pick(examples, order));
        expectClose([permuted.loss], [straight.loss], 1e-13);
        expectClose(
          permuted.logits,
          order.flatMap((n) => [...straight.logits.subarray(2 * n, 2 * n + 2)]),
          1e-15,
        );
        expect(permuted.rows).toEqual(straight.rows);
        expectClose(permuted.rowValues, straight.rowValues, 1e-12);
        for (const [name, { data }] of Object.entries(straight.parameters)) {
          expectClose(permuted.parameters[name].data, data, 1e-12);
        }
      }),
      { seed: 5, numRuns: 30 },
    );
  });

  it("of a batch are those of its parts, added by the share of their weight (property 6)", async () => {
    const classWeights = [0.5, 2];
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: 8 }), fc.nat(), async (count, seed) => {
        const { trainer, table } = await smallTrainer({ batchSize: 8, classWeights, labelSmoothing: 0.2 });
        const examples = wordyExamples(count, seed);
        const cut = 1 + (seed % (count - 1));
        const all = everyExample(count);
        const dense = async (places: number[]) => {
          const part = pick(examples, places);
          const { loss, rows, rowValues, parameters } = await trainer.gradients(part);
          const values = new Float64Array(table.rows * 3);
          rows.forEach((row, u) => {
            values.set(rowValues.subarray(u * 3, u * 3 + 3), row * 3);
          });
          const weight = part.labels.reduce((sum, label) => sum + classWeights[label], 0);
          return { weight, numbers: [loss, ...values, ...Object.values(parameters).flatMap(({ data }) => [...data])] };
        };
        const whole = await dense(all);
        const [left, right] = [await dense(all.slice(0, cut)), await dense(all.slice(cut))];
        const sum = left.numbers.map((x, i) => (x * left.weight + right.numbers[i] * right.weight) / whole.weight);
        expectClose(sum, whole.numbers, 1e-12);
      }),
      { seed: 6, numRuns: 30 },
    );
  });
});

describe("step", () => {
  it("with a batch that is not full is a step of a smaller batch", async () => {
    const three = pick(batch, [0, 1, 3]);
    const [padded, exact] = [await smallTrainer({ batchSize: 4 }), await smallTrainer({ batchSize: 3 })];
    const reports = [await padded.trainer.step(three), await exact.trainer.step(three)];
    expectClose([reports[0].loss], [reports[1].loss], 1e-15);
    expectClose(padded.table.overlay, exact.table.overlay, 1e-15);
    for (const [name, { data }] of Object.entries(exact.trainer.parameters)) {
      expectClose(padded.trainer.parameters[name].data, data, 1e-15);
    }
  });

  it("keeps nothing of the batch before", async () => {
    const [{ trainer: used }, { trainer: fresh }] = [await smallTrainer(), await smallTrainer()];
    await used.gradients(batch);
    const one = examplesOf([[1, 7]]);
    expect((await used.step(one)).loss).toBe((await fresh.step(one)).loss);
  });

  it("goes down the gradient: SGD by hand", async () => {
    const { trainer, table } = await smallTrainer({ embeddings: { learningRate: 0.25 } });
    const { rows, rowValues, parameters } = await trainer.gradients(batch);
    const weight = [...trainer.parameters["linear.weight"].data];
    await trainer.step(batch);
    expectClose(
      trainer.parameters["linear.weight"].data,
      weight.map((w, i) => w - 0.5 * parameters["linear.weight"].data[i]),
      1e-14,
    );
    rows.forEach((row, u) => {
      const at = table.slotOf[row] * 3;
      const expected = [0, 1, 2].map((d) => table.anchor[row * 3 + d] - 0.25 * rowValues[u * 3 + d]);
      expectClose(table.overlay.subarray(at, at + 3), expected, 1e-14);
    });
  });

  it("clips the joint norm of head and rows", async () => {
    const { trainer, table } = await smallTrainer({ clipNorm: 0.01, optimizer: { type: "sgd", learningRate: 1 } });
    const before = [...table.overlay, ...Object.values(trainer.parameters).flatMap(({ data }) => [...data])];
    await trainer.step(batch);
    const after = [...table.overlay, ...Object.values(trainer.parameters).flatMap(({ data }) => [...data])];
    expect(Math.hypot(...after.map((x, i) => x - before[i]))).toBeCloseTo(0.01, 5);
  });

  it("keeps output weights within the max-norm, and nothing else", async () => {
    const { trainer } = await smallTrainer({ maxNorm: 0.1 });
    trainer.parameters["linear.bias"].data.fill(9);
    await trainer.step(batch);
    const { data } = trainer.parameters["linear.weight"];
    for (const c of [0, 1]) expect(Math.hypot(...data.slice(c * 3, c * 3 + 3))).toBeCloseTo(0.1, 12);
    expect(Math.abs(trainer.parameters["linear.bias"].data[0])).toBeGreaterThan(8);
  });

  it("leaves weights that are not output weights as long as they are", async () => {
    const head = testHead();
    const hidden = { ...head, parameters: head.parameters.map((spec) => ({ ...spec, output: false })) };
    const { trainer } = await smallTrainer({ head: hidden, maxNorm: 0.1 });
    await trainer.step(batch);
    expect(Math.hypot(...trainer.parameters["linear.weight"].data)).toBeGreaterThan(0.5);
  });

  it("reports the learning rates that it used: base times schedule times policy", async () => {
    const { trainer } = await smallTrainer({
      optimizer: { type: "sgd", learningRate: 0.4 },
      embeddings: { learningRate: 0.1 },
      schedule: { type: "linear" },
      totalSteps: 4,
      policy: { name: "test", phases: [{ name: "only", learningRates: { head: 0.5 } }] },
    });
    const reports = [await trainer.step(batch), await trainer.step(batch)];
    expect(reports.map((report) => report.step)).toEqual([1, 2]);
    expect(reports[0].learningRates).toEqual({ embeddings: 0.1, "head.output": 0.2 });
    expectClose(Object.values(reports[1].learningRates), [0.075, 0.15], 1e-15);
  });

  it("drops out in the head, or words, with a new mask each time; gradients and scores never do", async () => {
    for (const options of [{ headOptions: { dropout: 0.5 } }, { wordDropout: 0.5 }]) {
      const { trainer } = await smallTrainer({ ...options, optimizer: { type: "sgd", learningRate: 1e-12 } });
      const { loss } = await trainer.gradients(batch);
      const losses: number[] = [];
      for (let i = 0; i < 10; i++) losses.push((await trainer.step(batch)).loss);
      // At this rate nothing moves: what differs is the mask.
      expect(losses.some((other) => Math.abs(other - loss) > 1e-3)).toBe(true);
      expect(new Set(losses.map((other) => other.toFixed(6))).size).toBeGreaterThan(2);
      expect((await trainer.gradients(batch)).loss).toBeCloseTo(loss, 9);
      expect((await trainer.evaluate(batch)).loss).toBeCloseTo(loss, 9);
    }
  });

  it("takes no batch that is too large, and no second call before the first has settled", async () => {
    const { trainer, table } = await smallTrainer({ batchSize: 3 });
    await expect(trainer.step(batch)).rejects.toThrow(RangeError);
    const three = pick(batch, [0, 1, 2]);
    const first = trainer.step(three);
    for (const second of [trainer.step(three), trainer.gradients(three), trainer.evaluate(three)]) {
      await expect(second).rejects.toThrow(/overlap/);
    }
    await first;
    expect(trainer.state.step).toBe(1);
    expect(isRowUnmoved(table, 2)).toBe(false);
    await trainer.step(three);
  });

  it("gives the same bits for the same seed, and others for another, in both precisions (property 13)", async () => {
    const run = async (seed: number, precision: "f32" | "f64") => {
      const { trainer } = await smallTrainer({
        seed,
        precision,
        optimizer: adamW,
        headOptions: { dropout: 0.3 },
        wordDropout: 0.3,
      });
      for (let i = 0; i < 5; i++) await trainer.step(wordyExamples(4, i));
      return trainer.snapshot();
    };
    for (const precision of ["f32", "f64"] as const) {
      const first = await run(1, precision);
      expect(await run(1, precision)).toEqual(first);
      expect((await run(2, precision)).tensors).not.toEqual(first.tensors);
    }
  });

  it("in float32 stays with float64", async () => {
    const run = async (precision: "f32" | "f64") => {
      const { trainer, table } = await smallTrainer({ precision, optimizer: adamW });
      for (let i = 0; i < 20; i++) await trainer.step(wordyExamples(4, i));
      return table.overlay;
    };
    expectClose(await run("f32"), await run("f64"), 1e-5);
  });
});

describe("frozen", () => {
  const withMemory: readonly OptimizerConfig[] = [
    { type: "sgd", learningRate: 0.1, momentum: 0.9, weightDecay: 0.1 },
    { type: "adagrad", learningRate: 0.1, weightDecay: 0.1 },
    { type: "adam", learningRate: 0.1, weightDecay: 0.1 },
    adamW,
  ];

  it("rows, by any rule, are bit-identical after any number of steps, moments and counts too (property 9)", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...withMemory),
        fc.constantFrom("lazy" as const, "dense" as const),
        fc.constantFrom("f32" as const, "f64" as const),
        fc.subarray(everyExample(12)),
        fc.integer({ min: 1, max: 6 }),
        async (optimizer, rowUpdates, precision, movable, steps) => {
          const { trainer, table } = await smallTrainer({
            optimizer,
            precision,
            embeddings: { rowUpdates },
            policy: {
              name: "some",
              phases: [{ name: "some", learningRates: {}, rows: { kind: "rows", rows: movable } }],
            },
          });
          const anchor = [...table.anchor];
          for (let i = 0; i < steps; i++) await trainer.step(wordyExamples(4, i));
          const { tensors } = trainer.snapshot();
          for (let row = 0; row < 12; row++) {
            if (movable.includes(row)) continue;
            expect(isRowUnmoved(table, row)).toBe(true);
            const slot = table.slotOf[row];
            if (slot < 0) continue;
            expect(tensors["embeddings.steps"].data[slot]).toBe(0);
            for (const name of ["embeddings.first", "embeddings.second"]) {
              expect([...tensors[name].data.subarray(slot * 3, slot * 3 + 3)].every((x) => x === 0)).toBe(true);
            }
          }
          expect([...table.anchor]).toEqual(anchor);
          const isMoving = movable.some((row) => row > 0 && !isRowUnmoved(table, row));
          if (rowUpdates === "dense") expect(isMoving).toBe(movable.some((row) => row > 0));
        },
      ),
      { seed: 9, numRuns: 60 },
    );
  });

  it("groups are bit-identical after any number of steps, and ask for no gradient (property 9)", async () => {
    for (const optimizer of withMemory) {
      for (const rowUpdates of ["lazy", "dense"] as const) {
        for (const frozen of ["embeddings", "head", "head.bias"]) {
          const { trainer, table, backend } = await smallTrainer({
            optimizer: { ...optimizer, decays: "all" },
            embeddings: { rowUpdates },
            headOptions: { biasGroup: "head.bias" },
            policy: { name: "some", phases: [{ name: "some", learningRates: { [frozen]: 0 } }] },
          });
          trainer.parameters["linear.bias"].data.fill(1);
          const before = trainer.snapshot();
          for (let i = 0; i < 4; i++) await trainer.step(wordyExamples(4, i));
          const after = trainer.snapshot();
          const covered = Object.keys(before.tensors).filter((name) =>
            frozen === "embeddings"
              ? name.startsWith("embeddings.")
              : name.endsWith("linear.bias") || (frozen === "head" && name.endsWith("linear.weight")),
          );
          expect(covered.length).toBeGreaterThanOrEqual(3);
          for (const name of covered) expect(after.tensors[name]).toEqual(before.tensors[name]);
          const moved = frozen === "embeddings" ? "parameter/linear.weight" : "embeddings.values";
          expect(after.tensors[moved]).not.toEqual(before.tensors[moved]);
          expect(after.steps[frozen === "embeddings" ? "embeddings" : "linear.bias"]).toBe(0);
          const wrt = backend.requests.flatMap((request) => request.wrt ?? []);
          expect(wrt).not.toContain(frozen === "embeddings" ? "embedding" : "linear.bias");
          expect(trainer.drift().movedRows === 0).toBe(frozen === "embeddings");
          expect(table.rows).toBe(12);
        }
      }
    }
  });

  it("then thawed, then frozen: each group keeps its own moments and counts (property 10)", async () => {
    const epoch = { kind: "epochs", epochs: 1 } as const;
    const { trainer } = await smallTrainer({
      optimizer: { type: "adam", learningRate: 0.1 },
      headOptions: { biasGroup: "head.bias" },
      policy: {
        name: "to and fro",
        phases: [
          { name: "head", learningRates: { embeddings: 0 }, until: epoch },
          { name: "table", learningRates: { head: 0 }, until: epoch },
          { name: "bias", learningRates: { embeddings: 0, "head.output": 0 }, until: epoch },
          { name: "all", learningRates: {} },
        ],
      },
    });
    const record = {
      phase: "",
      learningRates: {},
      trainLoss: 1,
      devLoss: null,
      devAccuracy: null,
      meanCosineDistance: 0,
    };
    const part = (snapshot: ReturnType<typeof trainer.snapshot>, name: string) => [
      snapshot.steps[name],
      ...Object.entries(snapshot.tensors)
        .filter(([key]) => key.startsWith(`${name}.`) || key.endsWith(`/${name}`))
        .map(([, { data }]) => [...data]),
    ];
    const groups = ["embeddings", "linear.weight", "linear.bias"];
    const movesIn: readonly (readonly string[])[] = [
      ["linear.weight", "linear.bias"],
      ["embeddings"],
      ["linear.bias"],
      groups,
    ];
    const counts: Record<string, number> = { embeddings: 0, "linear.weight": 0, "linear.bias": 0 };
    for (const [i, moving] of movesIn.entries()) {
      const before = trainer.snapshot();
      for (let s = 0; s < 3; s++) await trainer.step(wordyExamples(4, 10 * i + s));
      const after = trainer.snapshot();
      for (const name of groups) {
        if (moving.includes(name)) {
          counts[name] += 3;
          expect(part(after, name)).not.toEqual(part(before, name));
        } else expect(part(after, name)).toEqual(part(before, name));
      }
      expect(after.steps).toEqual(counts);
      trainer.endEpoch({ ...record, epoch: i + 1 });
    }
  });
});

describe("logits, evaluate", () => {
  it("do not depend on the evaluation batch, on training, or on dropout", async () => {
    const examples = wordyExamples(11, 3);
    const run = async (evaluationBatchSize: number) => {
      const { trainer } = await smallTrainer({ evaluationBatchSize, headOptions: { dropout: 0.5 }, wordDropout: 0.5 });
      return trainer.logits(examples);
    };
    const whole = await run(11);
    expect(whole).toHaveLength(22);
    for (const size of [1, 4, 256]) expect(await run(size)).toEqual(whole);
  });

  it("are the closed form: mean of the rows, then linear", async () => {
    const { trainer, table } = await smallTrainer();
    const [W, b] = ["linear.weight", "linear.bias"].map((name) => trainer.parameters[name].data);
    const mean = [0, 1, 2].map((d) => (table.anchor[6 + d] + 2 * table.anchor[12 + d]) / 3);
    const scores = [0, 1].map((c) => mean.reduce((z, x, d) => z + x * W[c * 3 + d], b[c]));
    const logits = await trainer.logits(pick(batch, [0, 3]));
    expectClose(logits, [...scores, ...b], 1e-14);
    const { accuracy, loss } = await trainer.evaluate(pick(batch, [0]));
    expect(accuracy).toBe(scores[0] >= scores[1] ? 1 : 0);
    expectClose([loss], [Math.log(1 + Math.exp(scores[1] - scores[0]))], 1e-13);
  });

  it("of a head on positions are those of the pooled head, and so are its gradients", async () => {
    const [pooled, positions] = [await smallTrainer(), await smallTrainer({ headOptions: { form: "positions" } })];
    expectClose(await positions.trainer.logits(batch), await pooled.trainer.logits(batch), 1e-13);
    const [a, b] = [await pooled.trainer.gradients(batch), await positions.trainer.gradients(batch)];
    expect(b.rows).toEqual(a.rows);
    expectClose(b.rowValues, a.rowValues, 1e-12);
    const seen = positions.backend.requests.length;
    await positions.trainer.gradients(examplesOf([[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]]));
    // Nine tokens are another bucket of lengths: one more program.
    expect(positions.backend.requests.length).toBe(seen + 1);
  });

  it("cut what is longer than maxPositions", async () => {
    const { trainer } = await smallTrainer({ headOptions: { form: "positions" }, maxPositions: 8 });
    const [long, cut] = [
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
      [1, 2, 3, 4, 5, 6, 7, 8],
    ];
    expect(await trainer.logits(examplesOf([[0, ...long]]))).toEqual(await trainer.logits(examplesOf([[0, ...cut]])));
  });

  it("of no examples are empty", async () => {
    const { trainer } = await smallTrainer();
    expect(await trainer.logits(examplesOf([]))).toHaveLength(0);
    expect((await trainer.evaluate(examplesOf([]))).rows).toBe(0);
  });
});

describe("a loss or gradient that is not finite", () => {
  it("stops the step with step, group and advice, and nothing has moved", async () => {
    const { trainer } = await smallTrainer({
      headOptions: { dropout: 0.5 },
      intercept: (result, run) => {
        if (run === 3) result.gradients["linear.weight"].data[0] = Number.NaN;
        return result;
      },
    });
    await trainer.step(batch);
    await trainer.step(batch);
    const before = trainer.snapshot();
    await expect(trainer.step(batch)).rejects.toMatchObject({
      code: "NON_FINITE",
      where: "gradient of linear.weight",
      step: 3,
      message: expect.stringMatching(/step 3 .*"head\.output".*learning rate 0\.5.*Try a smaller learning rate/),
    });
    expect(trainer.snapshot()).toEqual(before);
    // The draw of the mask was taken back too: the step can be made again.
    expect((await trainer.step(batch)).step).toBe(3);
  });

  it.each([
    ["loss", "head", (result: object) => ({ ...result, loss: Infinity })],
    [
      "gradient of embedding",
      "embeddings",
      (result: { gradients: { embedding: { data: Float64Array } } }) => {
        result.gradients.embedding.data[0] = Infinity;
        return result;
      },
    ],
  ])("names %s and the group %s", async (where, group, change) => {
    const intercept = change as unknown as NonNullable<SmallOptions["intercept"]>;
    const { trainer } = await smallTrainer({ intercept });
    await expect(trainer.step(batch)).rejects.toMatchObject({
      where,
      message: expect.stringContaining(`group "${group}"`),
    });
  });

  it("in an evaluation is told with the steps done: scores beyond float32, and weights that are not finite", async () => {
    const { trainer } = await smallTrainer({ precision: "f32" });
    await trainer.step(batch);
    trainer.parameters["linear.weight"].data.fill(3e38);
    trainer.table.overlay.fill(10);
    await expect(trainer.evaluate(batch)).rejects.toMatchObject({
      code: "NON_FINITE",
      where: "scores",
      step: 1,
      message: expect.stringMatching(/evaluation after step 1 .*Try a smaller learning rate/),
    });
    trainer.parameters["linear.weight"].data[0] = Infinity;
    await expect(trainer.logits(batch)).rejects.toMatchObject({ where: "input linear.weight" });
  });

  it("comes of a learning rate that is far too large, in float32", async () => {
    const { trainer } = await smallTrainer({ precision: "f32", optimizer: { type: "sgd", learningRate: 1e38 } });
    // One text with both labels: however sure the head is, one of the two pulls.
    const torn = examplesOf([
      [0, 2],
      [1, 2],
    ]);
    const run = async () => {
      for (let i = 0; i < 10; i++) await trainer.step(torn);
    };
    await expect(run()).rejects.toMatchObject({ code: "NON_FINITE", step: expect.any(Number) });
  });
});

describe("createTrainer", () => {
  it.each<[string, SmallOptions, string]>([
    ["a head of another dimension", { table: smallTable({}, 4), head: testHead({ dimension: 3 }) }, "INVALID_CONFIG"],
    ["half a batch", { batchSize: 0.5 }, "INVALID_CONFIG"],
    ["no batch", { batchSize: 0 }, "INVALID_CONFIG"],
    ["an evaluation batch of 0", { evaluationBatchSize: 0 }, "INVALID_CONFIG"],
    ["no positions", { maxPositions: 0 }, "INVALID_CONFIG"],
    ["word dropout of 1", { wordDropout: 1 }, "INVALID_CONFIG"],
    ["negative smoothing", { labelSmoothing: -0.1 }, "INVALID_CONFIG"],
    ["a clip norm of 0", { clipNorm: 0 }, "INVALID_CONFIG"],
    ["a max-norm of NaN", { maxNorm: Number.NaN }, "INVALID_CONFIG"],
    ["class weights of another number", { classWeights: [1, 1, 1] }, "INVALID_CONFIG"],
    ["a negative class weight", { classWeights: [1, -1] }, "INVALID_CONFIG"],
    ["an infinite class weight", { classWeights: [1, Infinity] }, "INVALID_CONFIG"],
    ["parameters of another size", { parameters: { "linear.bias": [1] } }, "INVALID_CONFIG"],
    ["a schedule that ends, without its steps", { schedule: { type: "linear" } }, "INVALID_CONFIG"],
    ["a share of unknown steps", { schedule: { type: "constant", warmup: 0.1 } }, "INVALID_CONFIG"],
    ["half a step", { schedule: { type: "linear" }, totalSteps: 1.5 }, "INVALID_CONFIG"],
    ["counts of other rows", { rowCounts: [1, 2] }, "INVALID_CONFIG"],
    ["a bad optimizer", { optimizer: { type: "sgd", learningRate: 0 } }, "INVALID_CONFIG"],
    ["a bad optimizer of the table", { embeddings: { learningRate: -1 } }, "INVALID_CONFIG"],
    [
      "an unknown group",
      { policy: { name: "p", phases: [{ name: "x", learningRates: { tail: 0 } }] } },
      "UNKNOWN_GROUP",
    ],
    [
      "a rule without counts, in a later phase",
      {
        policy: {
          name: "p",
          phases: [
            { name: "x", learningRates: {}, until: { kind: "epochs", epochs: 1 } },
            { name: "y", learningRates: {}, rows: { kind: "min-count", count: 2 } },
          ],
        },
      },
      "INVALID_POLICY",
    ],
  ])("refuses %s", async (_, options, code) => {
    await expect(smallTrainer(options)).rejects.toMatchObject({ code });
  });

  it("starts from given parameters, copied", async () => {
    const bias = [3, 4];
    const { trainer } = await smallTrainer({ parameters: { "linear.bias": bias } });
    expect([...trainer.parameters["linear.bias"].data]).toEqual(bias);
    await trainer.step(batch);
    expect(bias).toEqual([3, 4]);
  });

  it("compiles each shape once, and releases its programs", async () => {
    const { trainer, backend } = await smallTrainer();
    for (let i = 0; i < 3; i++) await trainer.step(batch);
    await trainer.evaluate(batch);
    await trainer.evaluate(pick(batch, [1]));
    expect(backend.requests).toHaveLength(2);
    expect(backend.openPrograms()).toBe(2);
    await trainer.close();
    expect(backend.openPrograms()).toBe(0);
    await trainer.close();
  });

  it("recovers from a compilation that failed", async () => {
    const { backend, table, head } = await smallTrainer();
    let failures = 1;
    const flaky: typeof backend = {
      ...backend,
      compile: async (...of) => {
        if (failures-- > 0) throw new Error("out of memory");
        return backend.compile(...of);
      },
    };
    const trainer = await createTrainer({
      backend: flaky,
      table,
      head,
      optimizer: { type: "sgd", learningRate: 0.5 },
      batchSize: 4,
    });
    await expect(trainer.step(batch)).rejects.toThrow("out of memory");
    expect((await trainer.step(batch)).step).toBe(1);
    failures = 1;
    await expect(trainer.evaluate(batch)).rejects.toThrow("out of memory");
    await trainer.close();
    expect(backend.openPrograms()).toBe(0);
  });
});

describe("snapshot, restore", () => {
  const options: SmallOptions = { optimizer: adamW, headOptions: { dropout: 0.3 }, wordDropout: 0.2, precision: "f32" };

  it("go back to the bit, and on to the same bits", async () => {
    const { trainer } = await smallTrainer(options);
    for (let i = 0; i < 3; i++) await trainer.step(wordyExamples(4, i));
    const kept = trainer.snapshot();
    const copy = structuredCloneOf(kept);
    await trainer.step(wordyExamples(4, 3));
    const next = trainer.snapshot();
    expect(kept).toEqual(copy);
    trainer.restore(kept);
    expect(trainer.snapshot()).toEqual(kept);
    await trainer.step(wordyExamples(4, 3));
    expect(trainer.snapshot()).toEqual(next);
    // Into another trainer of the same making, with other starting weights.
    const { trainer: other } = await smallTrainer({ ...options, seed: 99 });
    other.restore(copy);
    await other.step(wordyExamples(4, 3));
    expect(other.snapshot()).toEqual(next);
  });

  it("of weights alone leave moments, counts and progress", async () => {
    const { trainer } = await smallTrainer(options);
    await trainer.step(wordyExamples(4, 1));
    const weights = trainer.snapshot({ weightsOnly: true });
    expect(Object.keys(weights.tensors).sort()).toEqual([
      "embeddings.rows",
      "embeddings.values",
      "parameter/linear.bias",
      "parameter/linear.weight",
    ]);
    await trainer.step(wordyExamples(4, 2));
    const later = trainer.snapshot();
    trainer.restore(weights, { weightsOnly: true });
    const mixed = trainer.snapshot();
    for (const name of Object.keys(later.tensors)) {
      expect(mixed.tensors[name]).toEqual((name in weights.tensors ? weights : later).tensors[name]);
    }
    expect([mixed.state, mixed.random, mixed.steps]).toEqual([later.state, later.random, later.steps]);
    expect(() => trainer.restore(weights)).toThrow(expect.objectContaining({ code: "BAD_MODEL_FILE" }));
    expect(trainer.snapshot()).toEqual(mixed);
  });

  it.each<[string, SmallOptions]>([
    ["other active rows", { activeRows: [1, 2, 3] }],
    ["as many other active rows", { activeRows: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] }],
    ["another dimension", { headOptions: { dimension: 2 } }],
    ["more classes", { headOptions: { classes: 3 } }],
    ["another optimizer", { optimizer: { type: "sgd", learningRate: 0.1 } }],
    ["another precision", { precision: "f64" }],
  ])("refuse a snapshot of %s, and write nothing", async (_, foreignOptions) => {
    const base = { ...options, activeRows: [2, 3, 4, 5, 6, 7, 8, 9, 10, 11] };
    const { trainer: foreign } = await smallTrainer({ ...base, ...foreignOptions, seed: 5 });
    await foreign.step(wordyExamples(4, 1));
    const { trainer } = await smallTrainer(base);
    await trainer.step(wordyExamples(4, 1));
    const before = trainer.snapshot();
    expect(() => trainer.restore(foreign.snapshot())).toThrow(expect.objectContaining({ code: "BAD_MODEL_FILE" }));
    expect(trainer.snapshot()).toEqual(before);
  });

  it("refuse a random state that is none, and write nothing", async () => {
    const { trainer } = await smallTrainer(options);
    const before = trainer.snapshot();
    await trainer.step(batch);
    const after = trainer.snapshot();
    expect(() => trainer.restore({ ...before, random: [0, 0, 0, 0] })).toThrow(RangeError);
    expect(trainer.snapshot()).toEqual(after);
  });
});

/** A deep copy that shares no array with the original. */
function structuredCloneOf<T>(value: T): T {
  if (ArrayBuffer.isView(value)) return (value as unknown as Float64Array).slice() as unknown as T;
  if (Array.isArray(value)) return value.map(structuredCloneOf) as unknown as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, structuredCloneOf(part)])) as T;
}

describe("row rules", () => {
  it("hold the rows back that they name, and let the others train", async () => {
    const { trainer, table } = await smallTrainer({
      rowCounts: everyExample(12),
      policy: {
        name: "frequent",
        phases: [{ name: "frequent", learningRates: {}, rows: { kind: "min-count", count: 4 } }],
      },
    });
    await trainer.step(batch);
    // The batch touches rows 2 to 5.
    expect(everyExample(12).filter((row) => !isRowUnmoved(table, row))).toEqual([4, 5]);
    expect(exampleCount(batch)).toBe(4);
  });

  it("do not count towards the clipped norm", async () => {
    const rows = { kind: "rows", rows: [] as number[] } as const;
    const policy = { name: "none", phases: [{ name: "none", learningRates: {}, rows }] };
    const sgd = { type: "sgd", learningRate: 1 } as const;
    const { trainer } = await smallTrainer({ policy, clipNorm: 0.01, optimizer: sgd });
    const before = Object.values(trainer.parameters).flatMap(({ data }) => [...data]);
    await trainer.step(batch);
    const after = Object.values(trainer.parameters).flatMap(({ data }) => [...data]);
    expect(Math.hypot(...after.map((x, i) => x - before[i]))).toBeCloseTo(0.01, 5);
  });
});
