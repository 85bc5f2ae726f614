import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expectClose } from "../../test/expect-close.ts";
import { type SmallOptions, smallTable, smallTrainer, wordyExamples } from "../../test/make-trainer.ts";
import { randomPolicy } from "../../test/random-policy.ts";
import { createEmbeddingTable, type EmbeddingTable, rowOf } from "../embedding/table.ts";
import type { OptimizerConfig } from "../optim/config.ts";
import { compileRowRule } from "../policy/compile-row-rule.ts";
import { countLabels } from "../policy/label-counts.ts";
import { type FreezePhase, type FreezePolicy, groupRate } from "../policy/policy.ts";
import { rowsThatMayMove } from "../policy/row-gate.ts";
import type { RowFacts } from "../policy/row-rule.ts";
import { countTokens } from "./examples.ts";
import { factsOf } from "./table-gate.ts";

const rows = 12;
const data = wordyExamples(40, 3);
const facts = {
  counts: countTokens(data, rows),
  words: Array.from({ length: rows }, (_, row) => `w${row}`),
  labels: countLabels(data, { classes: 2 }),
};
const known = { rowCounts: facts.counts, rowWords: facts.words, rowLabelCounts: facts.labels };
/** Rows 4, 5 and 9 are made up. */
const pretrained = Uint8Array.from({ length: rows }, (_, row) => (row === 4 || row === 5 || row === 9 ? 0 : 1));

const optimizers: readonly OptimizerConfig[] = [
  { type: "sgd", learningRate: 0.1, momentum: 0.9, weightDecay: 0.1 },
  { type: "sgd", learningRate: 0.1, momentum: 0.9, nesterov: true, weightDecay: 0.1 },
  { type: "adagrad", learningRate: 0.1, weightDecay: 0.1 },
  { type: "adam", learningRate: 0.1, weightDecay: 0.1 },
  { type: "adam", learningRate: 0.1, weightDecay: 0.1, decoupled: true },
];

function tableOf(precision: "f32" | "f64"): EmbeddingTable {
  const { anchor, dimension } = smallTable({ precision });
  return createEmbeddingTable({ dimension, anchor, activeRows: "all", pretrained });
}

/** The rate of a row in a phase, from the definition: not by the gate that is under test. */
function rateOf(phase: FreezePhase, row: number, about: RowFacts): number {
  if (groupRate(phase, "embeddings") === 0) return 0;
  if (!compileRowRule(phase.rows ?? { kind: "all" }, about)(row)) return 0;
  for (const { rows: rule, rate } of phase.rowRates ?? []) if (compileRowRule(rule, about)(row)) return rate;
  return 1;
}

const bits = (values: ArrayLike<number>): string => Array.from(values, (x) => (Object.is(x, -0) ? "-0" : x)).join(" ");

describe("rows that a random policy freezes", () => {
  it("keep value, moments and count to the bit, under any optimizer, lazy and dense, clipped or not", async () => {
    const seen = { frozen: 0, moved: 0, slowed: 0 };
    await fc.assert(
      fc.asyncProperty(
        randomPolicy({ rows, words: facts.words, classes: 2, headGroups: ["head.output", "head.bias"] }),
        fc.constantFrom(...optimizers),
        fc.constantFrom("lazy" as const, "dense" as const),
        fc.constantFrom("f32" as const, "f64" as const),
        fc.constantFrom(undefined, 0.5),
        async (policy, optimizer, rowUpdates, precision, clipNorm) => {
          const table = tableOf(precision);
          const { trainer } = await smallTrainer({
            table,
            precision,
            optimizer,
            policy,
            embeddings: { rowUpdates },
            headOptions: { biasGroup: "head.bias" },
            ...(clipNorm === undefined ? {} : { clipNorm }),
            ...known,
          });
          const about = factsOf(table, facts);
          const mayMove = (row: number) => policy.phases.some((phase) => rowsThatMayMove(phase, about)(row));
          const stateOf = (row: number): string => {
            const { tensors } = trainer.snapshot();
            const slot = table.slotOf[row];
            const span = (name: string) => bits(tensors[name].data.slice(slot * 3, slot * 3 + 3));
            return [
              bits(rowOf(table, row)),
              span("embeddings.first"),
              span("embeddings.second"),
              tensors["embeddings.steps"].data[slot],
            ].join("|");
          };
          for (let epoch = 1; epoch <= 4; epoch++) {
            // Drift is judged as the epoch begins.
            const rates = Array.from({ length: rows }, (_, row) => rateOf(trainer.phase, row, about));
            const before = Array.from({ length: rows }, (_, row) => (row === 0 ? "" : stateOf(row)));
            for (let i = 0; i < 2; i++) await trainer.step(wordyExamples(4, epoch * 2 + i));
            for (let row = 1; row < rows; row++) {
              const isSame = stateOf(row) === before[row];
              if (rates[row] === 0) expect(isSame, `row ${row}`).toBe(true);
              // A dense step reaches every row.
              else if (rowUpdates === "dense") expect(isSame, `row ${row}`).toBe(false);
              if (rates[row] === 0) seen.frozen++;
              else seen[rates[row] === 1 ? "moved" : "slowed"]++;
            }
            trainer.endEpoch({
              epoch,
              phase: trainer.phase.name,
              learningRates: {},
              trainLoss: 1,
              devLoss: 1 / (epoch % 3),
              devAccuracy: null,
              meanCosineDistance: 0,
            });
          }
          for (let row = 1; row < rows; row++) {
            if (mayMove(row)) continue;
            expect(bits(rowOf(table, row))).toBe(bits(table.anchor.subarray(row * 3, row * 3 + 3)));
          }
        },
      ),
      { seed: 12, numRuns: 80 },
    );
    // The property speaks of something.
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(150);
  }, 60_000);
});

describe("row rates", () => {
  const phase = (rate: number): FreezePolicy => ({
    name: "rates",
    phases: [
      {
        name: "rates",
        learningRates: {},
        rowRates: [
          { rows: { kind: "rows", rows: [1, 2, 3] }, rate },
          { rows: { kind: "rows", rows: [3, 4] }, rate: 0 },
        ],
      },
    ],
  });
  const batch = wordyExamples(4, 1);
  const moved = async (options: SmallOptions): Promise<Float64Array> => {
    const { trainer, table } = await smallTrainer({ batchSize: 4, ...options });
    await trainer.step(batch);
    return Float64Array.from(table.overlay, (x, i) => x - table.anchor[i + 3]);
  };

  it.each(optimizers)("multiply the step of $type, not its gradient: %j", async (optimizer) => {
    // Coupled decay is part of the gradient, and the first step of each row starts from the same moments.
    const full = await moved({ optimizer, embeddings: { rowUpdates: "dense" } });
    const slow = await moved({ optimizer, embeddings: { rowUpdates: "dense" }, policy: phase(0.25) });
    // Slots begin with row 1.
    expectClose(
      slow.subarray(0, 9),
      full.subarray(0, 9).map((x) => x / 4),
      1e-12,
    );
    expect(slow.subarray(9, 12).every((x) => x === 0)).toBe(true);
    expect(slow.subarray(12)).toEqual(full.subarray(12));
  });

  it.each(optimizers)("over many steps give a row the path of that learning rate: $type", async (optimizer) => {
    // With the head frozen a row's path hangs on its own rate alone: each example is of one word.
    const single = {
      ...wordyExamples(0, 1),
      ids: Int32Array.of(1, 5),
      offsets: Int32Array.of(0, 1, 2),
      labels: Int32Array.of(0, 1),
    };
    const path = async (rate: number, policy: FreezePolicy): Promise<number[]> => {
      const { trainer, table } = await smallTrainer({ optimizer, embeddings: { learningRate: rate }, policy });
      for (let i = 0; i < 6; i++) await trainer.step(single);
      return [...rowOf(table, 1), ...rowOf(table, 5)];
    };
    const frozenHead = (rates: FreezePhase["rowRates"]): FreezePolicy => ({
      name: "p",
      phases: [{ name: "p", learningRates: { head: 0 }, ...(rates === undefined ? {} : { rowRates: rates }) }],
    });
    const mixed = await path(0.08, frozenHead([{ rows: { kind: "rows", rows: [1] }, rate: 0.5 }]));
    const slow = await path(0.04, frozenHead(undefined));
    const fast = await path(0.08, frozenHead(undefined));
    expectClose(mixed, [...slow.slice(0, 3), ...fast.slice(3)], 1e-14);
  });

  it("of 1 change no bit", async () => {
    for (const optimizer of optimizers) {
      const plain = await moved({ optimizer });
      const policy: FreezePolicy = {
        name: "p",
        phases: [
          {
            name: "p",
            learningRates: {},
            rowRates: [
              { rows: { kind: "rows", rows: [2] }, rate: 1 },
              { rows: { kind: "rows", rows: [9] }, rate: 0.5 },
            ],
          },
        ],
      };
      const rated = await moved({ optimizer, policy });
      expect(bits(rated.subarray(0, 8 * 3))).toBe(bits(plain.subarray(0, 8 * 3)));
    }
  });
});

describe("drift rules", () => {
  /** Rows stop once they have gone their way. */
  const bounded: FreezePolicy = {
    name: "bounded",
    phases: [{ name: "bounded", learningRates: {}, rows: { kind: "drift", figure: "l2", below: 0.05 } }],
  };
  const record = (epoch: number) => ({
    epoch,
    phase: "bounded",
    learningRates: {},
    trainLoss: 1,
    devLoss: null,
    devAccuracy: null,
    meanCosineDistance: 0,
  });

  it("are judged when an epoch begins, and kept through a checkpoint in its middle", async () => {
    const run = async (interrupted: boolean): Promise<string> => {
      let { trainer, table } = await smallTrainer({ policy: bounded });
      const step = (i: number) => trainer.step(wordyExamples(4, i));
      for (let i = 0; i < 4; i++) await step(i);
      trainer.endEpoch(record(1));
      const before = Float64Array.from(table.overlay);
      await step(4);
      const after = Float64Array.from(table.overlay);
      const measured = factsOf(table, { counts: undefined });
      for (let slot = 0; slot < table.activeRows.length; slot++) {
        const way = Math.hypot(...[0, 1, 2].map((d) => before[slot * 3 + d] - table.anchor[slot * 3 + 3 + d]));
        const isSame = [0, 1, 2].every((d) => before[slot * 3 + d] === after[slot * 3 + d]);
        if (way >= 0.05) expect(isSame).toBe(true);
      }
      expect(measured.drift!(1).l2).toBeGreaterThan(0);
      if (interrupted) {
        const saved = trainer.snapshot();
        ({ trainer, table } = await smallTrainer({ policy: bounded }));
        trainer.restore(saved);
      }
      for (let i = 5; i < 9; i++) await step(i);
      trainer.endEpoch(record(2));
      for (let i = 9; i < 12; i++) await step(i);
      return bits(table.overlay);
    };
    expect(await run(true)).toBe(await run(false));
  });
});
