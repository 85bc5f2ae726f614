import type { GuardState } from "../drift/create-drift-guard.ts";
import { precisionOf } from "../embedding/allocate.ts";
import type { EmbeddingTable } from "../embedding/table.ts";
import { ThawlineError } from "../errors.ts";
import type { RowOptimizerState } from "../optim/row-optimizer.ts";
import type { RowPull } from "../optim/row-pull.ts";
import type { TensorOptimizer } from "../optim/tensor-optimizer.ts";
import { type FloatArray, floatTensor, type Tensor, type TensorMap, tensor } from "../tensor.ts";
import type { RandomState } from "../util/random.ts";
import type { TrainingState } from "./training-state.ts";

/** Everything that a trainer depends on: plain data and tensors by name, ready to be written to a file. */
export interface TrainerSnapshot {
  readonly state: TrainingState;
  /** Of the generator of dropout masks. */
  readonly random: RandomState;
  /** Updates of each head parameter, by name, and of the table. */
  readonly steps: Readonly<Record<string, number>>;
  /**
   * `embeddings.rows` [A], `embeddings.values` [A, D], `embeddings.first`, `embeddings.second`, `embeddings.steps` [A], and
   * `parameter/NAME`, `first/NAME`, `second/NAME` for each head parameter. Where rows are pulled lazily, also `pull.marks` [A]
   * and `pull.products`: the values are then what the rows hold, with their pull owed; only those of weights alone are paid up.
   * `embeddings.held` [A] are rows that a guard froze, `embeddings.rates` [A] the rates that rules about drift gave for the
   * epoch, and `guard.*` what the guard may go back to.
   */
  readonly tensors: TensorMap;
  /** Of a trainer with a guard. */
  readonly guard?: GuardState;
}

/** The live parts of a trainer. */
export interface TrainerParts {
  readonly table: EmbeddingTable;
  readonly parameters: TensorMap;
  readonly rows: RowOptimizerState;
  readonly tensors: TensorOptimizer;
  readonly pull?: RowPull | undefined;
}

const tableSteps = "embeddings";
const pullTensors = (pull: RowPull | undefined): readonly (readonly [name: string, values: Float64Array])[] =>
  pull === undefined
    ? []
    : [
        ["pull.marks", pull.state.marks],
        ["pull.products", pull.state.products],
      ];
const flat = (values: FloatArray): Tensor => floatTensor([values.length], values.slice());

/** Copies the parts; without optimizer state where only the weights are wanted. */
export function snapshotTrainer(
  parts: TrainerParts,
  progress: TrainingState & { readonly random: RandomState },
  weightsOnly: boolean,
): TrainerSnapshot {
  const { table, parameters, rows } = parts;
  const active = table.activeRows.length;
  const tensors: Record<string, Tensor> = {
    "embeddings.rows": tensor("int32", [active], table.activeRows.slice()),
    "embeddings.values": floatTensor([active, table.dimension], table.overlay.slice()),
  };
  const steps: Record<string, number> = { [tableSteps]: rows.globalStep };
  if (!weightsOnly) {
    tensors["embeddings.first"] = flat(rows.first);
    tensors["embeddings.second"] = flat(rows.second);
    tensors["embeddings.steps"] = tensor("int32", [active], rows.rowSteps.slice());
    for (const [name, values] of pullTensors(parts.pull)) tensors[name] = flat(values);
  }
  for (const [name, value] of Object.entries(parameters)) {
    tensors[`parameter/${name}`] = floatTensor(value.shape, (value.data as FloatArray).slice());
    if (weightsOnly) continue;
    // Made here where the parameter never moved: every full snapshot of a trainer has the same tensors.
    const state = parts.tensors.stateOf(name, value.data as FloatArray);
    steps[name] = state.steps;
    tensors[`first/${name}`] = flat(state.first);
    tensors[`second/${name}`] = flat(state.second);
  }
  return { state: { step: progress.step, history: progress.history }, random: progress.random, steps, tensors };
}

/**
 * Writes a snapshot back into the parts.
 * @throws ThawlineError BAD_MODEL_FILE where it is of another table, head or optimizer; nothing was written then
 */
export function restoreTrainer(parts: TrainerParts, snapshot: TrainerSnapshot, weightsOnly: boolean): void {
  const { table, parameters, rows } = parts;
  const copies: (() => void)[] = [];
  const copy = (name: string, into: FloatArray | Int32Array): void => {
    const from = snapshot.tensors[name];
    const dtype = into instanceof Int32Array ? "int32" : precisionOf(into);
    // Numbers of another precision would fit, but not to the bit.
    if (from?.data.length !== into.length || from.dtype !== dtype) {
      const got = from === undefined ? "none" : `${from.data.length} of ${from.dtype}`;
      throw new ThawlineError(
        "BAD_MODEL_FILE",
        `the snapshot's "${name}" should be ${into.length} numbers of ${dtype}, got ${got}: it is of another run`,
      );
    }
    copies.push(() => into.set(from.data));
  };
  const savedRows = snapshot.tensors["embeddings.rows"]?.data;
  if (savedRows?.length !== table.activeRows.length || table.activeRows.some((row, i) => savedRows[i] !== row)) {
    throw new ThawlineError(
      "BAD_MODEL_FILE",
      "the snapshot is of a table with other active rows: it is of another run",
    );
  }
  if (!weightsOnly && parts.pull === undefined && snapshot.tensors["pull.marks"] !== undefined) {
    throw new ThawlineError(
      "BAD_MODEL_FILE",
      "the snapshot is of a run with a pull, this one has none: it is of another run",
    );
  }
  copies.push(() => parts.pull?.forget());
  copy("embeddings.values", table.overlay);
  for (const [name, value] of Object.entries(parameters)) copy(`parameter/${name}`, value.data as FloatArray);
  if (!weightsOnly) {
    copy("embeddings.first", rows.first);
    copy("embeddings.second", rows.second);
    copy("embeddings.steps", rows.rowSteps);
    for (const [name, into] of pullTensors(parts.pull)) copy(name, into);
    copies.push(() => {
      rows.globalStep = snapshot.steps[tableSteps] ?? 0;
    });
    for (const [name, value] of Object.entries(parameters)) {
      const state = parts.tensors.stateOf(name, value.data as FloatArray);
      copy(`first/${name}`, state.first);
      copy(`second/${name}`, state.second);
      copies.push(() => {
        state.steps = snapshot.steps[name] ?? 0;
      });
    }
  }
  for (const run of copies) run();
}
