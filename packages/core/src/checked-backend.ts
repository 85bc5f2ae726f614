import type { Backend, CompileRequest, Executable, RunOptions, StepResult } from "./backend.ts";
import {
  BackendError,
  FeedError,
  GraphError,
  NonFiniteError,
  NotDifferentiableError,
  UnsupportedOpError,
} from "./errors.ts";
import type { Graph, ValueInfo, ValueName } from "./graph/graph.ts";
import { validateGraph, valuesOf } from "./graph/validate.ts";
import { sameShape, sizeOf, type Tensor, type TensorDType, type TensorMap } from "./tensor.ts";

const checkedMark: unique symbol = Symbol.for("thawline.checked-backend");

const tensorDTypeOf = (value: ValueInfo, float: "float32" | "float64"): TensorDType =>
  value.dtype === "float" ? float : value.dtype;

/** Whether every element is finite. Branch-free: x · 0 is NaN exactly for NaN and ±Infinity. */
export function isFiniteTensor(value: Tensor): boolean {
  if (value.dtype === "int32" || value.dtype === "bool") return true;
  const { data } = value;
  let probe = 0;
  for (let i = 0; i < data.length; i++) probe += data[i]! * 0;
  return probe === 0;
}

function checkRequest(backend: Backend, graph: Graph, request: CompileRequest): void {
  validateGraph(graph);
  for (const { op } of graph.nodes) {
    if (!backend.supports.ops.includes(op)) throw new UnsupportedOpError(op, backend.name);
  }
  const values = valuesOf(graph);
  const known = (name: ValueName, what: string): ValueInfo => {
    const value = values.get(name);
    if (value === undefined) throw new GraphError("UNKNOWN_VALUE", `${what} "${name}" is no value of the graph`);
    return value;
  };
  for (const name of request.fetch ?? []) known(name, "fetched value");
  const inputs = new Set(graph.inputs.map((input) => input.name));
  for (const name of request.wrt ?? []) {
    if (!inputs.has(name))
      throw new GraphError("UNKNOWN_VALUE", `wrt "${name}" is no input of the graph; it has ${[...inputs].join(", ")}`);
    if (known(name, "wrt").dtype !== "float")
      throw new NotDifferentiableError(
        `wrt "${name}" is ${known(name, "wrt").dtype}, gradients exist for float inputs`,
      );
  }
  if (request.loss === undefined) {
    if ((request.wrt ?? []).length > 0)
      throw new GraphError("INVALID_GRAPH", "gradients (wrt) were asked for without a loss");
    return;
  }
  const loss = known(request.loss, "loss");
  if (loss.dtype !== "float" || loss.shape.length !== 0) {
    throw new GraphError(
      "SHAPE_MISMATCH",
      `a loss is a float of shape [], got "${loss.name}": ${loss.dtype}[${loss.shape}]`,
    );
  }
}

/** What is wrong with `value` as the tensor that `info` announces, if anything is. */
function mismatch(value: Tensor, info: ValueInfo, float: "float32" | "float64"): string | undefined {
  const dtype = tensorDTypeOf(info, float);
  if (value.dtype !== dtype || !sameShape(value.shape, info.shape)) {
    return `"${info.name}" should be ${dtype}[${info.shape}], got ${value.dtype}[${value.shape}]`;
  }
  const size = sizeOf(info.shape);
  if (value.data.length !== size) {
    return `"${info.name}" of shape [${info.shape}] holds ${size} elements, but its data has ${value.data.length}`;
  }
  return undefined;
}

function checkTensor(value: Tensor, info: ValueInfo, float: "float32" | "float64"): void {
  const problem = mismatch(value, info, float);
  if (problem !== undefined) throw new FeedError("FEED_MISMATCH", problem);
}

function checkedExecutable(backend: Backend, graph: Graph, request: CompileRequest, inner: Executable): Executable {
  const float = backend.supports.precision === "f64" ? "float64" : "float32";
  const inputs = new Map(graph.inputs.map((input) => [input.name, input]));
  const values = valuesOf(graph);
  const wrt = request.wrt ?? [];
  const fetch = request.fetch ?? graph.outputs;
  const resident = new Set<string>();
  let closed = false;

  const checkFeeds = (feeds: TensorMap): void => {
    for (const name of Object.keys(feeds)) {
      const info = inputs.get(name);
      if (info === undefined) {
        throw new FeedError(
          "FEED_UNKNOWN",
          `there is no input "${name}"; the graph has ${[...inputs.keys()].join(", ")}`,
        );
      }
      const value = feeds[name]!;
      checkTensor(value, info, float);
      if (!isFiniteTensor(value)) throw new NonFiniteError(`input ${name}`, `input "${name}" holds NaN or infinity`);
    }
  };
  const checkInto = (into: RunOptions["into"]): void => {
    for (const [name, value] of Object.entries(into?.gradients ?? {})) {
      if (!wrt.includes(name)) throw new FeedError("FEED_UNKNOWN", `no gradient "${name}" was asked for at compile`);
      checkTensor(value, inputs.get(name)!, float);
    }
    for (const [name, value] of Object.entries(into?.outputs ?? {})) {
      if (!fetch.includes(name)) throw new FeedError("FEED_UNKNOWN", `no output "${name}" was asked for at compile`);
      checkTensor(value, values.get(name)!, float);
    }
  };
  const checkDelivered = (what: string, delivered: TensorMap, names: readonly ValueName[]): void => {
    for (const name of names) {
      const value = delivered[name];
      const problem = value === undefined ? `"${name}" is missing` : mismatch(value, values.get(name)!, float);
      if (problem !== undefined) throw new BackendError("BACKEND_FAILED", backend.name, `${what} ${problem}`);
    }
  };
  const checkResult = (result: StepResult): StepResult => {
    if ((result.loss === undefined) !== (request.loss === undefined)) {
      const expected = request.loss === undefined ? "no loss" : `the loss "${request.loss}"`;
      throw new BackendError("BACKEND_FAILED", backend.name, `a run should give ${expected}, got ${result.loss}`);
    }
    checkDelivered("gradient", result.gradients, wrt);
    checkDelivered("output", result.outputs, fetch);
    if (result.loss !== undefined && !Number.isFinite(result.loss)) {
      throw new NonFiniteError("loss", `the loss is ${result.loss}`);
    }
    for (const name of wrt) {
      if (!isFiniteTensor(result.gradients[name]!)) {
        throw new NonFiniteError(`gradient of ${name}`, `the gradient of "${name}" holds NaN or infinity`);
      }
    }
    return result;
  };

  return {
    set: async (next) => {
      if (closed) throw new BackendError("BACKEND_CLOSED", backend.name, "this executable is closed");
      checkFeeds(next);
      await inner.set(next);
      for (const name of Object.keys(next)) resident.add(name);
    },
    run: async (feeds, options) => {
      if (closed) throw new BackendError("BACKEND_CLOSED", backend.name, "this executable is closed");
      checkFeeds(feeds);
      for (const [name, info] of inputs) {
        if (feeds[name] === undefined && !resident.has(name)) {
          throw new FeedError("FEED_MISSING", `input "${name}" (${info.dtype}[${info.shape}]) is neither fed nor set`);
        }
      }
      checkInto(options?.into);
      return checkResult(await inner.run(feeds, options));
    },
    close: async () => {
      closed = true;
      await inner.close();
    },
  };
}

/**
 * Wraps a backend so that graphs, requests, feeds and results are validated, here and nowhere else: names, shapes,
 * dtypes, and that feeds, loss and gradients are finite. Wrapping twice is wrapping once.
 */
export function checked(backend: Backend): Backend {
  if (checkedMark in backend) return backend;
  if (backend.specVersion !== 1) {
    throw new BackendError(
      "BACKEND_UNAVAILABLE",
      String((backend as Backend).name),
      `it speaks contract version ${backend.specVersion}, this core speaks 1`,
    );
  }
  const wrapped: Backend & { readonly [checkedMark]: true } = {
    [checkedMark]: true,
    specVersion: 1,
    name: backend.name,
    supports: backend.supports,
    compile: async (graph, request = {}) => {
      checkRequest(backend, graph, request);
      return checkedExecutable(backend, graph, request, await backend.compile(graph, request));
    },
    close: () => backend.close(),
  };
  return wrapped;
}
