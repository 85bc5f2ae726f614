import { allocate as plainAllocate, precisionOf } from "../embedding/allocate.ts";
import type { RowGradient } from "../embedding/row-gradient.ts";
import type { EmbeddingTable } from "../embedding/table.ts";
import type { ResolvedOptimizer } from "./config.ts";
import { type Span, spanKernels } from "./span-kernels.ts";
import { createUpdater, type Moments, momentsNeeded, type OptimizerParts } from "./updater.ts";

/** State of a table's optimizer, by slot of the overlay. */
export interface RowOptimizerState extends Moments {
  /** `[A]` updates that each row has had. */
  readonly rowSteps: Int32Array;
  /** Steps of the table: those in which the table was trainable. Mutable. */
  globalStep: number;
}

/** Updates the rows of one table. */
export interface RowOptimizer {
  readonly state: RowOptimizerState;
  /**
   * One step. Rows with `isFrozen[slot]` ≠ 0 keep value, moments and step count to the bit, whatever decay, momentum or
   * mode say.
   */
  step(
    gradient: RowGradient,
    options: {
      readonly learningRate: number;
      readonly gradientScale: number;
      readonly isFrozen?: Uint8Array | undefined;
      /** `[A]` multiplier on each row's learning rate; default 1. */
      readonly rates?: Float64Array | undefined;
    },
  ): void;
}

/** An optimizer for `table`, with fresh state. Memory: A · D numbers a moment, 4 A bytes of counts. */
export function createRowOptimizer(
  table: EmbeddingTable,
  config: ResolvedOptimizer,
  { allocate = plainAllocate, kernels = spanKernels }: OptimizerParts = {},
): RowOptimizer {
  const { dimension, overlay } = table;
  const active = table.activeRows.length;
  const precision = precisionOf(overlay);
  const needed = momentsNeeded(config);
  const state: RowOptimizerState = {
    first: allocate(precision, needed.first ? overlay.length : 0),
    second: allocate(precision, needed.second ? overlay.length : 0),
    rowSteps: new Int32Array(active),
    globalStep: 0,
  };
  const updater = createUpdater(config, kernels);
  const span: Span = {
    values: overlay,
    first: state.first,
    second: state.second,
    gradient: overlay,
    at: 0,
    gradientAt: 0,
    length: dimension,
  };
  const countsRows = config.rowStep === "row";
  let rates: Float64Array | undefined;

  const updateSlot = (slot: number, gradientAt: number): void => {
    const own = ++state.rowSteps[slot]!;
    span.at = slot * dimension;
    span.gradientAt = gradientAt;
    if (rates !== undefined) updater.scale(rates[slot]!);
    updater.update(span, countsRows ? own : state.globalStep);
  };

  return {
    state,
    step(gradient, { learningRate, gradientScale, isFrozen, rates: given }) {
      state.globalStep++;
      rates = given;
      updater.begin({ learningRate, gradientScale, decays: true });
      span.gradient = gradient.values;
      if (config.rowUpdates === "lazy") {
        for (let u = 0; u < gradient.count; u++) {
          const slot = gradient.slots[u]!;
          if (isFrozen === undefined || isFrozen[slot] === 0) updateSlot(slot, u * dimension);
        }
        return;
      }
      for (let slot = 0, u = 0; slot < active; slot++) {
        const hasGradient = u < gradient.count && gradient.slots[u] === slot;
        if (isFrozen === undefined || isFrozen[slot] === 0) updateSlot(slot, hasGradient ? u * dimension : -1);
        if (hasGradient) u++;
      }
    },
  };
}
