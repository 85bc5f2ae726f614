import type { ValueName } from "@thawline/core";
import { allocateFor, type DataArray, isShared, typeOf } from "./arrays.ts";
import { type Computed, directTargets, type Into, type Material } from "./delivery.ts";
import type { Program } from "./program.ts";
import type { RuntimeAdapter, RuntimeSession, RuntimeTensor } from "./runtime.ts";

/** Runs a session once: from the arrays of the inputs to those of its outputs. */
export type SessionRun = (fed: Material["fed"], into: Into) => Promise<ReadonlyMap<ValueName, Computed>>;

/** Prepares the runs of a program's session. */
export function createSessionRun(adapter: RuntimeAdapter, program: Program, session: RuntimeSession): SessionRun {
  const { Tensor } = adapter.runtime;
  const { inputs, outputs, nodes } = program.graph;
  const made = new Map(nodes.map(({ output }) => [output.name, output]));
  const fetched = outputs.map((name) => made.get(name)!);

  const wrap = (fed: Material["fed"]): Record<string, RuntimeTensor> => {
    const tensors: Record<string, RuntimeTensor> = {};
    for (const { name, dtype, shape } of inputs) {
      const data = fed[name];
      tensors[name] = new Tensor(typeOf(dtype), isShared(data) ? data.slice() : data, shape);
    }
    return tensors;
  };

  if (!adapter.writesOutputs) {
    return async (fed) => {
      const results = await session.run(wrap(fed), outputs);
      return new Map(outputs.map((name) => [name, { data: results[name].data as DataArray, owned: true }]));
    };
  }
  return async (fed, into) => {
    const computed = new Map<ValueName, Computed>();
    const direct = directTargets(program, into);
    const fetches: Record<string, RuntimeTensor> = {};
    for (const value of fetched) {
      const target = direct.get(value.name);
      const data = target ?? allocateFor(value);
      computed.set(value.name, { data, owned: target === undefined });
      fetches[value.name] = new Tensor(typeOf(value.dtype), data, value.shape);
    }
    await session.run(wrap(fed), fetches);
    return computed;
  };
}
