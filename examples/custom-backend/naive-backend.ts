// biome-ignore-all format: on one page
import { differentiate } from "@thawline/autodiff";
import * as core from "@thawline/core";

type Indices = readonly number[];
type Value = { readonly shape: Indices; readonly data: ArrayLike<number> };
type Attributes = Record<"axes" | "perm" | "starts" | "before", Indices> & { axis: number; to: string };
/** One element of an op's result: at some indices, or the `flat`-th in row-major order. */
type Kernel = (inputs: readonly Value[], attributes: Attributes, at: Indices, flat: number) => number;

/** The element at some indices, aligned at the end; an extent of 1 is read at 0: that is broadcasting. */
const read = ({ shape, data }: Value, at: Indices): number =>
  data[shape.reduce((flat, n, axis) => flat * n + (n === 1 ? 0 : at[at.length - shape.length + axis]), 0)];
const indicesOf = (flat: number, shape: Indices): Indices =>
  shape.map((n, axis) => Math.floor(flat / core.sizeOf(shape.slice(axis + 1))) % n);
const each = (f: (...xs: number[]) => number): Kernel => (inputs, _, at) => f(...inputs.map((x) => read(x, at)));
const list = (n: number, f: (i: number) => number): number[] => Array.from({ length: n }, (_, i) => f(i));
const sum = (xs: readonly number[]): number => xs.reduce((total, x) => total + x, 0);
const along = (x: Value, axis: number, at: Indices, k: number): Indices =>
  at.length < x.shape.length ? at.toSpliced(axis, 0, k) : at.with(axis, k);
const refuse = (name: string): never => { throw new core.BackendError("BACKEND_CLOSED", name, "make a new one"); };
const line = (x: Value, axis: number, at: Indices) => list(x.shape[axis], (k) => read(x, along(x, axis, at, k)));

const kernels: Partial<Record<core.OpName, Kernel>> = {
  Add: each((a, b) => a + b), Sub: each((a, b) => a - b), Mul: each((a, b) => a * b), Div: each((a, b) => a / b),
  Neg: each((x) => -x), Exp: each(Math.exp), Log: each(Math.log), Sqrt: each(Math.sqrt), Tanh: each(Math.tanh),
  Sigmoid: each((x) => 1 / (1 + Math.exp(-x))), Relu: each((x) => Math.max(x, 0)), Expand: each((x) => x),
  Equal: each((a, b) => +(a === b)), Greater: each((a, b) => +(a > b)), Where: each((c, a, b) => (c ? a : b)),
  Cast: ([x], { to }, _, i) => to === "bool" ? +(x.data[i] !== 0) : to === "int32" ? Math.trunc(x.data[i]) : x.data[i],
  MatMul: ([a, b], _, at) => sum(list(a.shape.at(-1)!, (k) => read(a, at.with(-1, k)) * read(b, at.with(-2, k)))),
  Transpose: ([x], { perm }, at) => read(x, perm.map((_, axis) => at[perm.indexOf(axis)])),
  Slice: ([x], { starts }, at) => read(x, at.map((i, a) => i + starts[a])), Reshape: ([x], _, __, i) => x.data[i],
  Pad: ([x], { before }, at) =>
    at.every((i, a) => i >= before[a] && i < before[a] + x.shape[a]) ? read(x, at.map((i, a) => i - before[a])) : 0,
  Concat: ([x, ...rest], { axis, ...more }, at, flat) => at[axis] < x.shape[axis] ? read(x, at)
    : kernels.Concat!(rest, { axis, ...more }, at.with(axis, at[axis] - x.shape[axis]), flat),
  ReduceSum: ([x], { axes: [axis, ...axes], ...more }, at, flat) => axis === undefined ? read(x, at)
    : sum(list(x.shape[axis], (k) => kernels.ReduceSum!([x], { axes, ...more }, along(x, axis, at, k), flat))),
  ReduceMax: ([x], { axis }, at) => Math.max(...line(x, axis, at)),
  ArgMax: ([x], { axis }, at) => line(x, axis, at).findIndex((v, _, all) => v === Math.max(...all) || Number.isNaN(v)),
  Softmax: (inputs, attributes, at, flat) => Math.exp(kernels.LogSoftmax!(inputs, attributes, at, flat)),
  LogSoftmax: ([x], { axis }, at) => { const all = line(x, axis, at); const top = Math.max(...all);
    return all[at[axis]] - top - Math.log(sum(all.map((v) => Math.exp(v - top)))); },
};

function evaluate({ constants, nodes }: core.Graph, feeds: core.TensorMap): core.TensorMap {
  const values: Record<string, Value> = { ...Object.fromEntries(constants.map((c) => [c.name, c])), ...feeds };
  for (const { op, inputs, output: { name, dtype, shape }, attributes } of nodes) {
    const from = inputs.map((input) => values[input]);
    const xs = list(core.sizeOf(shape), (i) => kernels[op]!(from, attributes as Attributes, indicesOf(i, shape), i));
    const data = { float: Float64Array, int32: Int32Array, bool: Uint8Array }[dtype].from(xs);
    values[name] = { dtype: dtype === "float" ? "float64" : dtype, shape, data } as Value;
  }
  return values as core.TensorMap;
}

/** The slowest backend there is: float64, each element from its op's definition. It has no erf, and says so. */
export function naiveBackend(name = "naive"): core.Backend {
  const ops = core.opNames.filter((op) => op in kernels);
  let isClosed = false;
  const compile: core.Backend["compile"] = async (graph, { loss, wrt = [], fetch = graph.outputs } = {}) => {
    for (const { op } of graph.nodes) if (!ops.includes(op)) throw new core.UnsupportedOpError(op, name);
    const whole = loss === undefined ? { graph, gradients: {} } : differentiate(graph, { loss, wrt });
    const gradientOf: Readonly<Record<string, string>> = whole.gradients;
    let resident: core.TensorMap | undefined = {};
    const kept = (): core.TensorMap => (!isClosed && resident) || refuse(name);
    const run: core.Executable["run"] = async (feeds, { into } = {}) => {
      const values = evaluate(whole.graph, { ...kept(), ...feeds });
      const give = (x: core.Tensor, target = structuredClone(x)) => { target.data.set(x.data); return target; };
      const gradients = Object.fromEntries(wrt.map((x) => [x, give(values[gradientOf[x]], into?.gradients?.[x])]));
      const outputs = Object.fromEntries(fetch.map((y) => [y, give(values[y], into?.outputs?.[y])]));
      return { ...(loss === undefined ? {} : { loss: values[loss].data[0] }), gradients, outputs };
    };
    const set = async (xs: core.TensorMap) => void (resident = { ...kept(), ...structuredClone(xs) });
    return { set, run, close: async () => void (resident = undefined) };
  };
  const supports = { ops, precision: "f64", bitReproducible: true, concurrentRuns: true } as const;
  return { specVersion: 1, name, supports, compile, close: async () => void (isClosed = true) };
}
