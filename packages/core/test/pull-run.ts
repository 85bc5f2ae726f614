import type { Entries } from "../src/embedding/entries.ts";
import type { RowGradient } from "../src/embedding/row-gradient.ts";
import type { EmbeddingTable } from "../src/embedding/table.ts";
import { type RowOptimizerConfig, resolveOptimizer } from "../src/optim/config.ts";
import type { PullConfig } from "../src/optim/pull.ts";
import { createRowOptimizer } from "../src/optim/row-optimizer.ts";
import { createRowRegularizer, type RowGates, type RowRegularizer } from "../src/optim/row-regularizer.ts";
import { createTensorOptimizer } from "../src/optim/tensor-optimizer.ts";
import type { TrustRegionConfig } from "../src/optim/trust-region.ts";
import { applyGradients } from "../src/train/apply-gradients.ts";
import { testHead } from "./test-head.ts";

/** What a run of rows under a pull is made of. */
export interface PullRunOptions {
  readonly optimizer: RowOptimizerConfig;
  readonly pull?: PullConfig;
  readonly trustRegion?: TrustRegionConfig;
  readonly seed?: number;
}

/** Steps of a table's rows with given gradients, through the parts that the trainer uses, in its order. */
export function createPullRun(table: EmbeddingTable, { optimizer, pull, trustRegion, seed = 1 }: PullRunOptions) {
  const config = resolveOptimizer(optimizer);
  const rowOptimizer = createRowOptimizer(table, config);
  const regularizer: RowRegularizer | undefined = createRowRegularizer(table, {
    pull,
    trustRegion,
    rowUpdates: config.rowUpdates,
    seed,
  });
  const head = { ...testHead({ dimension: table.dimension }), parameters: [] };
  const targets = { parameters: {}, rowOptimizer, tensorOptimizer: createTensorOptimizer(config), regularizer };
  let t = 0;
  return {
    rowOptimizer,
    regularizer,
    /** One step; `gradient` is `[U, D]` for `slots` ascending. Returns the rows `[U, D]` that the look-up read. */
    step(slots: readonly number[], gradient: readonly number[], learningRate: number, gates?: RowGates): number[] {
      const entries: Entries = {
        groups: 1,
        count: slots.length,
        offsets: Int32Array.of(0, slots.length),
        index: Int32Array.from(slots),
        weights: new Float64Array(slots.length).fill(1),
      };
      const moves = slots.map((slot) => gates?.isFrozen === undefined || gates.isFrozen[slot] === 0);
      const rows: RowGradient = {
        count: moves.filter(Boolean).length,
        slots: Int32Array.from(slots.filter((_, i) => moves[i])),
        values: Float64Array.from(gradient.filter((_, i) => moves[Math.floor(i / table.dimension)])),
      };
      regularizer?.enter(gates ?? { isFrozen: undefined });
      regularizer?.begin(++t);
      const { overlay, dimension } = regularizer?.lookUp(entries) ?? table;
      const read = slots.flatMap((slot) => [...overlay.subarray(slot * dimension, (slot + 1) * dimension)]);
      applyGradients({ head, table }, targets, {
        gradients: { parameters: {}, rows, isFrozen: gates?.isFrozen, rates: gates?.rates as Float64Array | undefined },
        learningRates: { embeddings: learningRate },
      });
      return read;
    },
  };
}
