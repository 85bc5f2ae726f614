import type { RunOptions, Tensor, TensorMap, ValueName } from "@thawline/core";
import { allocateFor, type DataArray, isShared, toTensor } from "./arrays.ts";
import type { Program, Result } from "./program.ts";

/** The caller's arrays of one run. */
export type Into = RunOptions["into"];

/** An output of a session; `owned` until a result takes the array, from then on others get copies. */
export interface Computed {
  readonly data: DataArray;
  owned: boolean;
}

/** What the results of one run are made of. */
export interface Material {
  readonly fed: Readonly<Record<ValueName, DataArray>>;
  readonly computed: ReadonlyMap<ValueName, Computed>;
}

/** For each value, the caller's array that the runtime can write it to: the first one that is asked for. */
export function directTargets(program: Program, into: Into): ReadonlyMap<ValueName, DataArray> {
  const found = new Map<ValueName, DataArray>();
  const offer = (results: readonly Result[], tensors: TensorMap | undefined): void => {
    if (tensors === undefined) return;
    for (const { name, value } of results) {
      const data = tensors[name]?.data as DataArray | undefined;
      if (data !== undefined && !found.has(value.name) && !isShared(data)) found.set(value.name, data);
    }
  };
  offer(program.gradients, into?.gradients);
  offer(program.outputs, into?.outputs);
  return found;
}

function numbersOf({ value, source }: Result, { fed, computed }: Material): ArrayLike<number> {
  if (source.kind === "constant") return source.constant.data;
  return source.kind === "input" ? fed[value.name] : computed.get(value.name)!.data;
}

/** A result in the caller's array, or in one that nobody else has. */
function deliver(result: Result, material: Material, target: Tensor | undefined): Tensor {
  const { value } = result;
  const numbers = numbersOf(result, material);
  if (target !== undefined) {
    // Written there already where the runtime could.
    if (target.data !== numbers) target.data.set(numbers);
    return target;
  }
  const own = result.source.kind === "session" ? material.computed.get(value.name)! : undefined;
  if (own?.owned) {
    own.owned = false;
    return toTensor(value, own.data);
  }
  const copy = allocateFor(value);
  copy.set(numbers);
  return toTensor(value, copy);
}

/** All results of one kind, by name. */
export function deliverAll(results: readonly Result[], material: Material, into: TensorMap | undefined): TensorMap {
  const tensors: Record<string, Tensor> = {};
  for (const result of results) tensors[result.name] = deliver(result, material, into?.[result.name]);
  return tensors;
}

/** The number of a scalar float32 result. */
export const scalarOf = (result: Result, material: Material): number => Math.fround(numbersOf(result, material)[0]);
