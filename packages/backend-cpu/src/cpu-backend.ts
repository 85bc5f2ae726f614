import { differentiate, simplify } from "@thawline/autodiff";
import {
  type Backend,
  BackendError,
  type CompileRequest,
  type Executable,
  FeedError,
  type Graph,
  opNames,
  type RunOptions,
  type StepResult,
  type Tensor,
  type TensorMap,
  type ValueInfo,
  type ValueName,
  valuesOf,
} from "@thawline/core";
import type { NumberArray } from "./kernels/arrays.ts";
import { createProgram } from "./plan/program.ts";

const name = "cpu";

/**
 * The embedded backend: float32 typed arrays, plain TypeScript, Node and browsers, no native dependency. Sums are
 * accumulated in float64 and rounded once. `compile` lays out every array; a run writes gradients and outputs to the
 * caller's arrays where `into` has them, and then allocates nothing of the size of a tensor. Feeds are read in place.
 * A run does its work before it returns its promise, so overlapping calls are one after the other.
 * Wrap it in core's `checked` (as `createTrainer` does): it validates no shapes itself.
 */
export function cpuBackend(): Backend {
  let closed = false;
  return {
    specVersion: 1,
    name,
    supports: { ops: opNames, precision: "f32", bitReproducible: true, concurrentRuns: true },
    compile: async (graph, request = {}) => {
      if (closed) throw new BackendError("BACKEND_CLOSED", name, "it is closed; make a new one");
      return createExecutable(graph, request, () => closed);
    },
    close: async () => {
      closed = true;
    },
  };
}

/** A value that a run returns: under which name, from which slot. */
interface Result {
  readonly name: ValueName;
  readonly value: ValueInfo;
  readonly slot: number;
}

/** Copies to the caller's array, or to a fresh one: the program's own arrays change with the next run. */
function deliver({ value, slot }: Result, slots: readonly NumberArray[], target: Tensor | undefined): Tensor {
  if (target === undefined) {
    const dtype = value.dtype === "float" ? "float32" : value.dtype;
    return { dtype, shape: value.shape, data: slots[slot].slice() } as Tensor;
  }
  target.data.set(slots[slot]);
  return target;
}

function deliverAll(results: readonly Result[], slots: readonly NumberArray[], into: TensorMap | undefined): TensorMap {
  const tensors: Record<string, Tensor> = {};
  for (const result of results) tensors[result.name] = deliver(result, slots, into?.[result.name]);
  return tensors;
}

/** The graph with its gradients, simplified, and what to read from it. */
function prepare(graph: Graph, { loss, wrt = [], fetch = graph.outputs }: CompileRequest) {
  const differentiated = loss !== undefined && wrt.length > 0 ? differentiate(graph, { loss, wrt }) : undefined;
  const gradientNames: Readonly<Record<ValueName, ValueName>> = differentiated?.gradients ?? {};
  const outputs = [...new Set([...(loss === undefined ? [] : [loss]), ...fetch, ...Object.values(gradientNames)])];
  const program = createProgram(simplify({ ...(differentiated?.graph ?? graph), outputs }));
  const values = valuesOf(differentiated?.graph ?? graph);
  const resultOf = (name: ValueName, holder: ValueName): Result => ({
    name,
    value: values.get(holder)!,
    slot: program.slotOf(holder),
  });
  return {
    program,
    lossSlot: loss === undefined ? undefined : program.slotOf(loss),
    gradients: wrt.map((input) => resultOf(input, gradientNames[input])),
    outputs: fetch.map((output) => resultOf(output, output)),
  };
}

function createExecutable(graph: Graph, request: CompileRequest, backendClosed: () => boolean): Executable {
  const { program, lossSlot, gradients, outputs } = prepare(graph, request);
  const { slots, steps } = program;
  const inputs = graph.inputs.map((value) => ({ ...value, slot: program.slotOf(value.name) }));
  const resident = new Map<ValueName, NumberArray>();
  let closed = false;
  const assertOpen = (): void => {
    if (closed || backendClosed()) throw new BackendError("BACKEND_CLOSED", name, "this executable is closed");
  };
  const placeFeeds = (feeds: TensorMap): void => {
    for (const input of inputs) {
      const array = feeds[input.name]?.data ?? resident.get(input.name);
      if (array === undefined) throw new FeedError("FEED_MISSING", `input "${input.name}" is neither fed nor set`);
      slots[input.slot] = array as NumberArray;
    }
  };

  return {
    set: async (values) => {
      assertOpen();
      for (const [input, value] of Object.entries(values)) resident.set(input, value.data.slice() as NumberArray);
    },
    run: async (feeds: TensorMap, options?: RunOptions): Promise<StepResult> => {
      assertOpen();
      placeFeeds(feeds);
      for (let i = 0; i < steps.length; i++) steps[i]();
      const results = {
        gradients: deliverAll(gradients, slots, options?.into?.gradients),
        outputs: deliverAll(outputs, slots, options?.into?.outputs),
      };
      return lossSlot === undefined ? results : { loss: slots[lossSlot][0], ...results };
    },
    close: async () => {
      closed = true;
    },
  };
}
