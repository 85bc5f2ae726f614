import {
  type AnyNode,
  type Constant,
  createGraphBuilder,
  type Graph,
  ThawlineError,
  type ValueDType,
  type ValueInfo,
  validateGraph,
} from "@thawline/core";
import { createNames } from "./names.ts";
import { createNodeDecoder } from "./node-decoder.ts";
import type { ElementType, ValueInfoProto } from "./proto/model-proto.ts";
import { type ReadModel, readModel } from "./proto/read-model.ts";

/** Options of `decodeModel`. */
export interface DecodeOptions {
  /** Name of the file, for error messages. */
  readonly file?: string;
}

const dtypes: { readonly [T in ElementType]: ValueDType | undefined } = {
  float32: "float",
  float64: "float",
  int32: "int32",
  bool: "bool",
  int64: undefined,
};

/** A static shape and a dtype of the graph, or an error. */
function staticValue({ name, type, shape, offset }: ValueInfoProto, fail: ReadModel["fail"]): ValueInfo {
  const dtype = dtypes[type] ?? fail(`"${name}" is ${type}; graph values are float, int32 or bool`, offset);
  const fixed = shape?.filter((extent) => typeof extent === "number" && extent >= 0) as number[] | undefined;
  if (fixed === undefined || fixed.length !== shape?.length) {
    return fail(`"${name}" needs a static shape, got [${shape ?? "none"}]`, offset);
  }
  return { name, dtype, shape: fixed };
}

function expectOpset({ model, fail }: ReadModel): void {
  if (model.opset !== 18) fail(`expected operator set ai.onnx 18, got ${model.opset || "none"}; convert the model`, 0);
}

/** Float tensors of one model are of one precision. */
function expectOnePrecision({ model, fail }: ReadModel): void {
  const { inputs, outputs, initializers } = model.graph;
  const floats = [...inputs, ...outputs, ...initializers].filter(({ type }) => dtypes[type] === "float");
  const odd = floats.find(({ type }) => type !== floats[0]!.type);
  if (odd !== undefined) fail(`"${odd.name}" is ${odd.type}, but "${floats[0]!.name}" ${floats[0]!.type}`, odd.offset);
}

function assemble(read: ReadModel): Graph {
  const { model, fail } = read;
  expectOpset(read);
  expectOnePrecision(read);
  const { graph } = model;
  const names = createNames(fail);
  const constants: Constant[] = [];
  const decoder = createNodeDecoder({ names, fail });
  const initialized = new Set(graph.initializers.map(({ name }) => name));
  const inputs = graph.inputs
    .filter(({ name }) => !initialized.has(name))
    .map((info) => ({ ...staticValue(info, fail), name: names.own(info.name, info.offset) }));
  for (const info of inputs) decoder.define(info);
  for (const { name, type, shape, data, offset } of graph.initializers) {
    const dtype = dtypes[type];
    if (dtype === undefined) {
      decoder.defineIntegers(name, data);
    } else {
      const constant = { name: names.own(name, offset), dtype, shape, data };
      if (!data.every(Number.isFinite)) fail(`constant "${name}" holds NaN or infinity`, offset);
      constants.push(constant);
      decoder.define(constant);
    }
  }
  const nodes: AnyNode[] = graph.nodes.flatMap((node) => decoder.decode(node));
  const outputs = graph.outputs.map((info) => decoder.output(info));
  return { inputs, constants, nodes, outputs };
}

/**
 * Decodes an ONNX model (borrowed bytes) that `encodeModel` wrote, or another one of operator set 18 that has static
 * shapes and only ops of core's table: float32 or float64 becomes `float`. Names that a graph does not allow get other
 * characters. Decoding what was encoded gives an equal graph.
 * @throws FormatError BAD_MODEL_FILE, with the byte offset, for bytes that are no model, and for ops, types and
 * attributes that a graph cannot hold
 * @example
 * const graph = decodeModel(await readFile("model.onnx"), { file: "model.onnx" });
 */
export function decodeModel(bytes: Uint8Array, { file }: DecodeOptions = {}): Graph {
  const read = readModel(bytes, file);
  try {
    const graph = assemble(read);
    validateGraph(graph);
    // The builder freezes it.
    const builder = createGraphBuilder(graph);
    const values = new Map(
      [...graph.inputs, ...graph.constants, ...graph.nodes.map(({ output }) => output)].map(byName),
    );
    return builder.build(graph.outputs.map((name) => values.get(name)!));
  } catch (error) {
    if (!ThawlineError.isInstance(error) || error.code === "BAD_MODEL_FILE") throw error;
    return read.fail(`the model is no legal graph: ${error.message}`, 0, error);
  }
}

const byName = (value: ValueInfo): readonly [string, ValueInfo] => [value.name, value];
