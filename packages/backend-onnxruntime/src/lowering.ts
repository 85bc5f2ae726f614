import {
  type AnyNode,
  type Constant,
  type Graph,
  inferResult,
  type OpAttributes,
  type OpName,
  type ValueInfo,
  type ValueName,
  valuesOf,
} from "@thawline/core";

/** Adds to a graph that is being rewritten. */
interface Emitter {
  info(name: ValueName): ValueInfo;
  constant(shape: readonly number[], data: readonly number[]): ValueName;
  emit<O extends OpName>(op: O, inputs: readonly ValueName[], attributes: OpAttributes[O], name?: ValueName): ValueName;
}

/** Replaces one node by others, the last of which has its name; undefined keeps it. */
type Replacement = (node: AnyNode, emitter: Emitter) => ValueName | undefined;

function createEmitter(graph: Graph) {
  const constants: Constant[] = [...graph.constants];
  const nodes: AnyNode[] = [];
  const values = new Map<ValueName, ValueInfo>(valuesOf(graph));
  let generated = 0;
  const freshName = (): ValueName => {
    let name = `lowered.${generated++}`;
    while (values.has(name)) name = `lowered.${generated++}`;
    return name;
  };
  const emitter: Emitter = {
    info: (name) => values.get(name)!,
    constant: (shape, data) => {
      const constant: Constant = { name: freshName(), dtype: "float", shape, data };
      values.set(constant.name, constant);
      constants.push(constant);
      return constant.name;
    },
    emit: (op, inputs, attributes, name = freshName()) => {
      const operands = inputs.map((input) => values.get(input)!);
      const output: ValueInfo = { name, ...inferResult(op, operands, attributes) };
      values.set(name, output);
      nodes.push({ op, inputs, output, attributes } as AnyNode);
      return name;
    },
  };
  return { emitter, nodes, constants };
}

/** Slice and Pad of a scalar change nothing; the runtime refuses them ("Cannot slice scalars"). */
const scalarLayout: Replacement = ({ op, inputs, output }, g) =>
  (op === "Slice" || op === "Pad") && output.shape.length === 0
    ? g.emit("Reshape", inputs, { shape: [] }, output.name)
    : undefined;

/**
 * 1 / (1 + e^(−x)). The runtime's own kernel is a rational approximation that is cut off at ±18 (MLAS, logistic.cpp):
 * σ(−17) is off by a factor of two there.
 */
const exactSigmoid: Replacement = ({ op, inputs, output }, g) => {
  if (op !== "Sigmoid") return undefined;
  const one = g.constant([], [1]);
  const power = g.emit("Exp", [g.emit("Neg", inputs, {})], {});
  return g.emit("Div", [one, g.emit("Add", [one, power], {})], {}, output.name);
};

/** x − max − log Σ e^(x − max). The WebGPU provider has no LogSoftmax: each would go through the CPU. */
const logSoftmax: Replacement = ({ op, inputs, output, attributes }, g) => {
  if (op !== "LogSoftmax") return undefined;
  const { axis } = attributes as OpAttributes["LogSoftmax"];
  if (g.info(inputs[0]).shape[axis] === 0) return g.emit("Reshape", inputs, { shape: output.shape }, output.name);
  const shifted = g.emit("Sub", [inputs[0], g.emit("ReduceMax", inputs, { axis, keepDims: true })], {});
  const sum = g.emit("ReduceSum", [g.emit("Exp", [shifted], {})], { axes: [axis], keepDims: true });
  return g.emit("Sub", [shifted, g.emit("Log", [sum], {})], {}, output.name);
};

/**
 * n − max over the axis of (n − i where x_i is the maximum, else 0), in float, which is exact below 2^24. ONNX's ArgMax
 * gives int64: its conversion would go through the CPU, with a copy of the data each way.
 */
const argMax: Replacement = ({ op, inputs, output, attributes }, g) => {
  if (op !== "ArgMax") return undefined;
  const { axis, keepDims } = attributes as OpAttributes["ArgMax"];
  const { shape } = g.info(inputs[0]);
  const extent = shape[axis];
  const fromEnd = Array.from({ length: extent }, (_, i) => extent - i);
  const positions = g.constant(
    shape.map((_, i) => (i === axis ? extent : 1)),
    fromEnd,
  );
  const isMaximum = g.emit("Equal", [inputs[0], g.emit("ReduceMax", inputs, { axis, keepDims: true })], {});
  const marked = g.emit("Where", [isMaximum, positions, g.constant([], [0])], {});
  const index = g.emit("Sub", [g.constant([], [extent]), g.emit("ReduceMax", [marked], { axis, keepDims })], {});
  return g.emit("Cast", [index], { to: "int32" }, output.name);
};

const graphics: readonly string[] = ["webgpu"];

const replacementsFor = (provider: string): readonly Replacement[] =>
  graphics.includes(provider) ? [scalarLayout, logSoftmax, argMax] : [scalarLayout, exactSigmoid];

/**
 * An equal graph that an execution provider runs as it should: without what it refuses, gets wrong, or would hand to
 * another provider.
 */
export function lowerGraph(graph: Graph, provider: string): Graph {
  const replacements = replacementsFor(provider);
  const { emitter, nodes, constants } = createEmitter(graph);
  for (const node of graph.nodes) {
    if (!replacements.some((replace) => replace(node, emitter) !== undefined)) nodes.push(node);
  }
  return { ...graph, nodes, constants };
}
