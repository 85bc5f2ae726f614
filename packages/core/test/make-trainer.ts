import { createEmbeddingTable, type EmbeddingTable } from "../src/embedding/table.ts";
import type { Examples } from "../src/train/examples.ts";
import { createTrainer } from "../src/train/trainer.ts";
import type { TrainerOptions } from "../src/train/trainer-options.ts";
import { createRandom } from "../src/util/random.ts";
import { type ClosedFormOptions, closedFormBackend } from "./closed-form-backend.ts";
import { batchOf } from "./random-look-up.ts";
import { type TestHeadOptions, testHead } from "./test-head.ts";

/** A small problem: sizes, and what is passed on to the trainer. */
export interface SmallOptions extends Partial<TrainerOptions> {
  readonly rows?: number;
  readonly activeRows?: readonly number[] | "all";
  readonly precision?: "f64" | "f32";
  readonly intercept?: ClosedFormOptions["intercept"];
  readonly headOptions?: TestHeadOptions;
}

/** A table of normal numbers; row 0 is padding. */
export function smallTable(
  options: Pick<SmallOptions, "rows" | "activeRows" | "precision"> = {},
  dimension = 3,
): EmbeddingTable {
  const random = createRandom(11);
  const numbers = Array.from({ length: (options.rows ?? 12) * dimension }, (_, i) =>
    i < dimension ? 0 : random.nextNormal(),
  );
  return createEmbeddingTable({
    dimension,
    anchor: options.precision === "f32" ? Float32Array.from(numbers) : Float64Array.from(numbers),
    activeRows: options.activeRows ?? "all",
  });
}

/** A trainer on the closed-form backend: SGD, batches of four, unless asked for otherwise. */
export async function smallTrainer(options: SmallOptions = {}) {
  const { rows, activeRows, precision = "f64", intercept, headOptions, ...rest } = options;
  const head = rest.head ?? testHead(headOptions);
  const table =
    rest.table ??
    smallTable(
      { ...(rows === undefined ? {} : { rows }), ...(activeRows === undefined ? {} : { activeRows }), precision },
      head.dimension,
    );
  const backend = closedFormBackend({ precision, ...(intercept === undefined ? {} : { intercept }) });
  const trainer = await createTrainer({
    backend,
    table,
    head,
    optimizer: { type: "sgd", learningRate: 0.5 },
    batchSize: 4,
    ...rest,
  });
  return { trainer, table, head, backend };
}

/** Labelled token ids: `[[label, ...ids], ...]`. */
export function examplesOf(rows: readonly (readonly [label: number, ...ids: number[]])[]): Examples {
  return { ...batchOf(rows.map(([, ...ids]) => ids)), labels: Int32Array.from(rows, ([label]) => label) };
}

/** Random examples whose class shows in their words: even rows for class 0, odd rows for class 1. */
export function wordyExamples(count: number, seed: number, rows = 12): Examples {
  const random = createRandom(seed);
  return examplesOf(
    Array.from({ length: count }, () => {
      const label = random.nextBelow(2);
      const words = Array.from({ length: 1 + random.nextBelow(5) }, () => {
        const row = 1 + random.nextBelow(rows - 1);
        return random.nextFloat() < 0.8 && row % 2 !== label ? Math.max(1, row - 1) : row;
      });
      return [label, ...words] as const;
    }),
  );
}

/** The examples at these places, in this order. */
export function pick(examples: Examples, places: readonly number[]): Examples {
  return examplesOf(
    places.map(
      (n) => [examples.labels[n], ...examples.ids.subarray(examples.offsets[n], examples.offsets[n + 1])] as const,
    ),
  );
}
