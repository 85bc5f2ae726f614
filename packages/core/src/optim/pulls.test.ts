import { describe, expect, it } from "vitest";
import { expectClose } from "../../test/expect-close.ts";
import { createPullRun } from "../../test/pull-run.ts";
import generated from "../../test/pulls.json";
import { createEmbeddingTable, type EmbeddingTable } from "../embedding/table.ts";
import type { RowOptimizerConfig } from "./config.ts";
import { createMixout, mixoutMask } from "./mixout.ts";
import type { PullConfig } from "./pull.ts";
import type { RowRegularizer } from "./row-regularizer.ts";
import { createTrustRegion, type TrustRegionConfig } from "./trust-region.ts";

const dimension = 3;

function tableOf(anchor: readonly number[], values: readonly number[]): EmbeddingTable {
  const table = createEmbeddingTable({
    dimension,
    anchor: Float64Array.from(anchor),
    activeRows: "all",
    paddingRow: -1,
  });
  table.overlay.set(values);
  return table;
}

type Trajectory = (typeof generated.trajectories)[number];

/** Makes the steps of a trajectory; `look` is called after each, with the number of its entry and the rows that it read. */
function play(
  { config, pull, anchor, start, steps }: Trajectory,
  look: (regularizer: RowRegularizer, table: EmbeddingTable, entry: number, read: readonly number[]) => void,
): Float64Array {
  const table = tableOf(anchor, start);
  const optimizer = config as RowOptimizerConfig;
  const { step, regularizer } = createPullRun(table, { optimizer, pull: pull as PullConfig });
  steps.forEach(({ rows, times, learningRate, gradient }, entry) => {
    for (let i = 0; i < times; i++) look(regularizer!, table, entry, step(rows, gradient, learningRate));
  });
  regularizer!.reveal();
  return table.overlay as Float64Array;
}

const rowsOf = (values: readonly number[], rows: readonly number[]): number[] =>
  rows.flatMap((row) => values.slice(row * dimension, (row + 1) * dimension));

describe.each(generated.trajectories)("rows move as if all were pulled in every step: $name", (trajectory) => {
  const { steps, start } = trajectory;

  it("each look-up reads what the step before left", () => {
    play(trajectory, (_, __, entry, read) => {
      const { rows, times } = steps[entry]!;
      if (times === 1) expectClose(read, rowsOf(entry === 0 ? start : steps[entry - 1]!.values, rows), 1e-10);
    });
  });

  it("all rows, after every step", () => {
    let entry = -1;
    const values = play(trajectory, (regularizer, table, present) => {
      entry = present;
      if (steps[entry]!.times > 1) return;
      regularizer.reveal();
      expectClose(table.overlay, steps[entry]!.values, 1e-10);
    });
    expect(entry).toBe(steps.length - 1);
    expectClose(values, steps[entry]!.values, 1e-10);
  });

  it("looking changes no bit", () => {
    const looked = play(trajectory, (regularizer, _, entry, read) => {
      regularizer.reveal();
      if ((entry + read.length) % 2 === 0) regularizer.conceal();
    });
    expect(looked).toEqual(play(trajectory, () => {}));
  });

  it("in float32", () => {
    const anchor = Float32Array.from(trajectory.anchor);
    const table = createEmbeddingTable({ dimension, anchor, activeRows: "all", paddingRow: -1 });
    table.overlay.set(start);
    const optimizer = trajectory.config as RowOptimizerConfig;
    const { step, regularizer } = createPullRun(table, { optimizer, pull: trajectory.pull as PullConfig });
    for (const { rows, times, learningRate, gradient } of steps) {
      for (let i = 0; i < times; i++) step(rows, gradient, learningRate);
    }
    regularizer!.reveal();
    expectClose(table.overlay, steps[steps.length - 1]!.values, 1e-5);
  });
});

describe("mixout is the paper's, with a mask a row", () => {
  it.each(generated.mixouts)(
    "$name",
    ({ probability, seed, step, anchor, values, mask, mixed, upstream, gradient }) => {
      const table = tableOf(anchor, values);
      const rows = table.activeRows.length;
      for (let row = 0; row < rows; row++) {
        const kept = new Float64Array(dimension);
        mixoutMask(kept, probability, { seed, step, row });
        const expected = mask.slice(row * dimension, (row + 1) * dimension).map((m) => (1 - m) / (1 - probability));
        expectClose(kept, expected, 1e-15);
      }
      const exempt = new Uint8Array(rows);
      const mixout = createMixout(table, probability, { exempt, seed });
      mixout.begin(step);
      const entries = {
        groups: 1,
        count: rows + 2,
        offsets: Int32Array.of(0, rows + 2),
        // A repeat, and a row that is not active: both change nothing.
        index: Int32Array.of(...Array.from({ length: rows }, (_, row) => rows - 1 - row), 0, -1),
        weights: new Float64Array(rows + 2).fill(1),
      };
      expectClose(mixout.mix(entries).overlay, mixed, 1e-12);
      const upstreamRows = Float64Array.from(upstream);
      mixout.backward({ count: rows, slots: Int32Array.from({ length: rows }, (_, row) => row), values: upstreamRows });
      expectClose(upstreamRows, gradient, 1e-12);
      expect([...table.overlay]).toEqual(values);
    },
  );
});

describe("a trust region projects by the closed form", () => {
  it.each(generated.projections)("$name", ({ region, anchor, values, projected }) => {
    const table = tableOf(anchor, values);
    const { project } = createTrustRegion(table, region as TrustRegionConfig);
    const moved = Array.from(table.activeRows, (_, slot) => project(slot));
    expectClose(table.overlay, projected, 1e-10);
    // Rows inside keep their bits.
    for (let i = 0; i < values.length; i++) {
      if (!moved[Math.floor(i / dimension)]) expect(table.overlay[i]).toBe(values[i]);
    }
    expect(moved).toContain(true);
  });
});
