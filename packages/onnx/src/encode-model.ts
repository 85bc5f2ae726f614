import { type AnyNode, type Graph, type ValueInfo, valuesOf } from "@thawline/core";
import { type ElementTypes, type Encoded, opEncodings } from "./ops/op-encodings.ts";
import {
  elementTypes,
  type ModelProto,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from "./proto/model-proto.ts";
import { writeModel } from "./proto/write-model.ts";

/** Options of `encodeModel`. */
export interface EncodeOptions {
  /** Element type of `float` values; default `float32`. */
  readonly float?: "float32" | "float64";
  /** Name of the graph in the file; default `thawline`. */
  readonly name?: string;
}

/** The int64 constants of a model: equal ones are one. No graph value has a colon in its name. */
function createIntegers() {
  const tensors = new Map<string, TensorProto>();
  return {
    tensors,
    nameOf: (data: readonly number[]): string => {
      const name = `int64:${data.join(",")}`;
      if (!tensors.has(name)) tensors.set(name, { name, type: "int64", shape: [data.length], data });
      return name;
    },
  };
}

/** One node, or for ArgMax, whose result is int64 in ONNX, two. */
function encodeNode(node: AnyNode, types: ElementTypes, nameOf: (data: readonly number[]) => string): NodeProto[] {
  const codeOf = (dtype: ValueInfo["dtype"]): number => elementTypes[types[dtype]];
  const encoding = opEncodings[node.op] as (attributes: AnyNode["attributes"], of: typeof codeOf) => Encoded;
  const { attributes = [], tensors = [] } = encoding(node.attributes, codeOf);
  const { op, inputs, output } = node;
  const own = { op, inputs: [...inputs, ...tensors.map(nameOf)], attributes };
  if (op !== "ArgMax") return [{ ...own, outputs: [output.name] }];
  const wide = `${output.name}:int64`;
  const to = { name: "to", kind: "int", value: codeOf("int32") } as const;
  return [
    { ...own, outputs: [wide] },
    { op: "Cast", inputs: [wide], outputs: [output.name], attributes: [to] },
  ];
}

/**
 * Encodes a graph as an ONNX model: IR version 8, operator set ai.onnx 18, static shapes. Every value keeps its name; what
 * ONNX needs on top (int64 constants for shapes and axes, the int64 result of ArgMax) is named with a colon, which no
 * graph value has. `float` constants are rounded to float32 unless `float` is `float64`. Returns fresh bytes.
 * The graph has to be a legal one (see core's `validateGraph`).
 * @remarks An output may be an input or a constant of the graph, as in the file's own format. ONNX Runtime has no
 * float64 kernel of Erf.
 * @example
 * const bytes = encodeModel(graph);
 * await writeFile("model.onnx", bytes);
 */
export function encodeModel(graph: Graph, { float = "float32", name = "thawline" }: EncodeOptions = {}): Uint8Array {
  const types: ElementTypes = { float, int32: "int32", bool: "bool" };
  const integers = createIntegers();
  const values = valuesOf(graph);
  const infoOf = ({ name, dtype, shape }: ValueInfo): ValueInfoProto => ({ name, type: types[dtype], shape });
  const nodes = graph.nodes.flatMap((node) => encodeNode(node, types, integers.nameOf));
  const constants = graph.constants.map(({ name, dtype, shape, data }) => ({ name, type: types[dtype], shape, data }));
  const model: ModelProto = {
    irVersion: 8,
    producerName: "thawline",
    opset: 18,
    graph: {
      name,
      nodes,
      initializers: [...constants, ...integers.tensors.values()],
      inputs: graph.inputs.map(infoOf),
      outputs: graph.outputs.map((output) => infoOf(values.get(output)!)),
    },
  };
  return writeModel(model);
}
