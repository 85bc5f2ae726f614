import type { Sources } from "../pipeline/read-sources.ts";
import type { Evaluation } from "./document.ts";
import { assignFolds, stratifiedOrder, withRows } from "./select-rows.ts";

/** The rows of one run of every arm. */
export interface Cell {
  readonly seed: number;
  /** Training rows; null: all that there are. */
  readonly size: number | null;
  /** From 0; null where the run is not one of a cross-validation. */
  readonly fold: number | null;
  /** Rows of train that the run judges as dev; null: the rows of the dev split. */
  readonly devRows: readonly number[] | null;
  readonly sources: Sources;
}

const ascending = (rows: readonly number[]): number[] => [...rows].sort((a, b) => a - b);

/** The rows that each run of one seed and size trains on and judges; the same for every arm. */
export function cellsOf(
  sources: Sources,
  evaluation: Evaluation,
  { seed, size }: { readonly seed: number; readonly size: number | null },
): Cell[] {
  const { dataset } = sources.splits.train;
  const all = dataset.labels.map((_, row) => row);
  const order = size === null ? all : stratifiedOrder(dataset, seed);
  const first = (rows: readonly number[]): number[] => (size === null ? [...rows] : ascending(rows.slice(0, size)));
  if (evaluation.folds === null) {
    const chosen = size === null ? sources : withRows(sources, { train: first(order) });
    return [{ seed, size, fold: null, devRows: null, sources: chosen }];
  }
  const foldOf = assignFolds(dataset, evaluation.folds, seed);
  return Array.from({ length: evaluation.folds }, (_, fold) => {
    const dev = all.filter((row) => foldOf[row] === fold);
    const train = first(order.filter((row) => foldOf[row] !== fold));
    return { seed, size, fold, devRows: dev, sources: withRows(sources, { train, dev }) };
  });
}
