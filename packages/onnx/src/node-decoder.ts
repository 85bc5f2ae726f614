import {
  type AnyNode,
  inferResult,
  type OpName,
  opNames,
  sameShape,
  ThawlineError,
  type ValueDType,
  type ValueInfo,
} from "@thawline/core";
import type { Names } from "./names.ts";
import { type Decoded, type NodeView, opDecodings } from "./ops/op-decodings.ts";
import { elementTypes, type NodeProto, type ValueInfoProto } from "./proto/model-proto.ts";
import type { ReadModel } from "./proto/read-model.ts";

/** Decodes the nodes of one file, in their order. */
export interface NodeDecoder {
  define(value: ValueInfo): void;
  /** An int64 constant: it can only become an attribute. */
  defineIntegers(name: string, data: readonly number[]): void;
  /** One node of the graph; none for an ArgMax, which comes with the Cast of its result. */
  decode(node: NodeProto): AnyNode[];
  /** The name of a declared output, whose type and shape have to be the ones that the nodes give it. */
  output(info: ValueInfoProto): string;
}

const dtypesByCode = new Map<number, ValueDType>([
  [elementTypes.float32, "float"],
  [elementTypes.float64, "float"],
  [elementTypes.int32, "int32"],
  [elementTypes.bool, "bool"],
]);

const isOp = (op: string): op is OpName => (opNames as readonly string[]).includes(op);

/** Attributes that decodings read, or that mean nothing but their default here. */
const readAttributes: ReadonlySet<string> = new Set([
  ...["to", "perm", "allowzero", "axis", "keepdims", "noop_with_empty_axes", "select_last_index"],
  ...["mode", "saturate"],
]);

/** A decoder of one file's nodes. */
export function createNodeDecoder({ names, fail }: { readonly names: Names; readonly fail: ReadModel["fail"] }) {
  const values = new Map<string, ValueInfo>();
  const integers = new Map<string, readonly number[]>();
  /** int64 results of ArgMax, by name, that wait for their Cast. */
  const wide = new Map<string, NodeProto>();

  const valueNamed = (name: string, node: NodeProto): ValueInfo => {
    const value = values.get(names.of(name) ?? "");
    if (value !== undefined) return value;
    const why = wide.has(name) || integers.has(name) ? "is int64, which no graph value is" : "has no value before it";
    return fail(`${node.op} → "${node.outputs[0]}" reads "${name}", which ${why}`, node.offset);
  };

  const viewOf = (node: NodeProto): NodeView => {
    const problem = (what: string): never => fail(`${node.op} → "${node.outputs[0]}": ${what}`, node.offset);
    const attribute = (name: string) => node.attributes.find((candidate) => candidate.name === name);
    return {
      fail: problem,
      input: (i) => valueNamed(node.inputs[i] ?? "", node),
      int: (name, fallback) => {
        const found = attribute(name);
        if (found?.kind === "int") return found.value;
        return found === undefined && fallback !== undefined ? fallback : problem(`needs an integer "${name}"`);
      },
      ints: (name) => {
        const found = attribute(name);
        if (found === undefined) return undefined;
        return found.kind === "ints" ? found.value : problem(`"${name}" should be integers`);
      },
      tensor: (i, fallback) => {
        const name = node.inputs[i] ?? "";
        if (name === "" && fallback !== undefined) return fallback;
        return integers.get(name) ?? problem(`input ${i} ("${name}") should be an int64 constant`);
      },
      axis: (axis, rank) => {
        const positive = axis < 0 ? axis + rank : axis;
        return positive >= 0 && positive < rank ? positive : problem(`axis ${axis} is outside rank ${rank}`);
      },
      dtypeOf: (code) => dtypesByCode.get(code) ?? problem(`element type ${code} is not float, int32 or bool`),
    };
  };

  const expectKnown = (node: NodeProto): OpName => {
    const isDefault = node.domain === undefined || node.domain === "" || node.domain === "ai.onnx";
    const { op, attributes, outputs, offset } = node;
    if (!isDefault || !isOp(op)) {
      const known = opNames.join(", ");
      return fail(
        `op ${isDefault ? op : `${node.domain}.${op}`} → "${outputs[0]}" is not supported; known: ${known}`,
        offset,
      );
    }
    if (outputs.length !== 1) fail(`${op} has one output, got ${outputs.length}`, offset);
    const strange = attributes.find(({ name }) => !readAttributes.has(name));
    if (strange !== undefined) fail(`${op} → "${outputs[0]}": attribute "${strange.name}" is not supported`, offset);
    const mode = attributes.find(({ name }) => name === "mode");
    if (mode?.kind === "string" && mode.value !== "constant") fail(`Pad mode "${mode.value}" is not supported`, offset);
    return op;
  };

  const finish = (node: NodeProto, op: OpName, output: string): AnyNode => {
    const { attributes, values: count } = opDecodings[op](viewOf(node)) as Decoded<OpName>;
    expectPlainPad(node, op);
    const operands = node.inputs.slice(0, count).map((name) => valueNamed(name, node));
    try {
      const { dtype, shape } = inferResult(op, operands, attributes as never);
      const info: ValueInfo = { name: names.own(output, node.offset), dtype, shape: [...shape] };
      values.set(info.name, info);
      return { op, inputs: operands.map(({ name }) => name), output: info, attributes } as AnyNode;
    } catch (error) {
      if (!ThawlineError.isInstance(error) || error.code === "BAD_MODEL_FILE") throw error;
      return fail(error.message, node.offset, error);
    }
  };

  const expectPlainPad = ({ inputs, offset }: NodeProto, op: OpName): void => {
    if (op !== "Pad") return;
    const value = inputs[2] ?? "";
    if (value !== "" || (inputs[3] ?? "") !== "") fail("Pad with a value or axes of its own is not supported", offset);
  };

  const decode = (node: NodeProto): AnyNode[] => {
    const op = expectKnown(node);
    const output = node.outputs[0]!;
    if (op === "ArgMax") {
      wide.set(output, node);
      return [];
    }
    const source = op === "Cast" ? wide.get(node.inputs[0] ?? "") : undefined;
    if (source === undefined) return [finish(node, op, output)];
    const to = viewOf(node).int("to", undefined);
    if (to !== elementTypes.int32) fail(`ArgMax → "${output}" should be cast to int32 (6), got ${to}`, node.offset);
    return [finish(source, "ArgMax", output)];
  };

  const output = (info: ValueInfoProto): string => {
    const { name, type, shape, offset } = info;
    const value = values.get(names.of(name) ?? "");
    if (value === undefined) return fail(`output "${name}" is no float, int32 or bool value of the graph`, offset);
    const fits = dtypesByCode.get(elementTypes[type]) === value.dtype;
    const numbers = shape?.map((extent) => (typeof extent === "number" ? extent : -1)) ?? value.shape;
    if (!fits || !sameShape(numbers, value.shape)) {
      fail(`output "${name}" is declared ${type}[${shape}], but is ${value.dtype}[${value.shape}]`, offset);
    }
    return value.name;
  };

  const decoder: NodeDecoder = {
    define: (value) => {
      values.set(value.name, value);
    },
    defineIntegers: (name, data) => {
      integers.set(name, data);
    },
    decode,
    output,
  };
  return decoder;
}
