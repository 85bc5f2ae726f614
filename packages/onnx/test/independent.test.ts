import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { createGraphBuilder, opNames, type ValueInfo } from "@thawline/core";
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  TensorProto_DataType,
  TensorProtoSchema,
  ValueInfoProtoSchema,
} from "onnx-buf";
import { describe, expect, it } from "vitest";
import { decodeModel, encodeModel } from "../src/index.ts";

// onnx-buf is generated from ONNX's own onnx.proto3.
const decode = (bytes: Uint8Array) => fromBinary(ModelProtoSchema, bytes);

/** One node of every op. */
function everyOp() {
  const g = createGraphBuilder();
  const x = g.input("x", "float", [2, 3]);
  const unary = ["Neg", "Exp", "Log", "Sqrt", "Erf", "Tanh", "Sigmoid", "Relu"] as const;
  const outputs: ValueInfo[] = unary.map((op) => g.apply(op, [x], {}));
  for (const op of ["Add", "Sub", "Mul", "Div", "Equal", "Greater"] as const) outputs.push(g.apply(op, [x, x], {}));
  const condition = g.apply("Greater", [x, g.scalar(0.5)], {});
  outputs.push(
    g.apply("Where", [condition, x, x], {}),
    g.apply("Cast", [condition], { to: "int32" }),
    g.matMul(x, g.transpose(x, [1, 0])),
    g.reshape(x, [6]),
    g.apply("Expand", [x], { shape: [4, 2, 3] }),
    g.apply("Concat", [x, x], { axis: 1 }),
    g.apply("Slice", [x], { starts: [0, 1], ends: [1, 3] }),
    g.apply("Pad", [x], { before: [0, 1], after: [2, 0] }),
    g.sum(x, [0]),
    g.sum(x, []),
    g.apply("ReduceMax", [x], { axis: 1, keepDims: true }),
    g.apply("ArgMax", [x], { axis: 1, keepDims: false }, "best"),
    g.apply("Softmax", [x], { axis: 1 }),
    g.apply("LogSoftmax", [x], { axis: 0 }),
    g.constant("int32", [2], [3, -4]),
    g.constant("bool", [3], [1, 0, 1]),
  );
  return g.build(outputs);
}

describe("encodeModel, read by an independent decoder", () => {
  const graph = everyOp();
  const model = decode(encodeModel(graph, { name: "example" }));
  const nodes = model.graph!.node;
  const attributesOf = (op: string) =>
    Object.fromEntries(
      nodes.find(({ opType }) => opType === op)!.attribute.map(({ name, i, ints }) => [name, ints.length ? ints : i]),
    );
  const initializer = (name: string) => model.graph!.initializer.find((candidate) => candidate.name === name)!;
  const int64s = (name: string): number[] =>
    [...new BigInt64Array(initializer(name).rawData.slice().buffer as ArrayBuffer)].map(Number);

  it("says IR version 8, operator set 18 and who made it", () => {
    expect(model.irVersion).toBe(8n);
    expect(model.opsetImport.map(({ domain, version }) => [domain, version])).toEqual([["", 18n]]);
    expect(model.producerName).toBe("thawline");
    expect(model.graph!.name).toBe("example");
  });

  it("has every op under ONNX's name, one node for each but ArgMax", () => {
    expect(new Set(nodes.map(({ opType }) => opType))).toEqual(new Set(opNames));
    expect(nodes).toHaveLength(graph.nodes.length + 1);
    expect(nodes.every(({ domain }) => domain === "")).toBe(true);
  });

  it("declares inputs and outputs with element type and shape", () => {
    const typeOf = (info: (typeof model.graph & object)["input"][number]) => {
      const tensor = info.type!.value.value as { elemType: number; shape: { dim: { value: { value: unknown } }[] } };
      return [info.name, tensor.elemType, tensor.shape.dim.map(({ value }) => Number(value.value))];
    };
    expect(model.graph!.input.map(typeOf)).toEqual([["x", TensorProto_DataType.FLOAT, [2, 3]]]);
    const outputs = model.graph!.output.map(typeOf);
    expect(outputs).toContainEqual(["best", TensorProto_DataType.INT32, [2]]);
    expect(outputs).toContainEqual([graph.outputs[12], TensorProto_DataType.BOOL, [2, 3]]);
    expect(outputs).toHaveLength(graph.outputs.length);
  });

  it("has the attributes of the operator documents", () => {
    expect(attributesOf("Cast")).toEqual({ to: BigInt(TensorProto_DataType.INT32) });
    expect(attributesOf("Transpose")).toEqual({ perm: [1n, 0n] });
    expect(attributesOf("Concat")).toEqual({ axis: 1n });
    expect(attributesOf("ReduceMax")).toEqual({ keepdims: 1n });
    expect(attributesOf("ReduceSum")).toEqual({ keepdims: 0n });
    expect(attributesOf("LogSoftmax")).toEqual({ axis: 0n });
    for (const node of nodes) {
      for (const { type } of node.attribute) {
        expect([AttributeProto_AttributeType.INT, AttributeProto_AttributeType.INTS]).toContain(type);
      }
    }
  });

  it("passes shapes, axes and pads as int64 tensors", () => {
    const inputs = (op: string): string[] => nodes.find(({ opType }) => opType === op)!.input;
    expect(int64s(inputs("Reshape")[1]!)).toEqual([6]);
    expect(int64s(inputs("Expand")[1]!)).toEqual([4, 2, 3]);
    expect(inputs("Slice").slice(1).map(int64s)).toEqual([
      [0, 1],
      [1, 3],
    ]);
    expect(int64s(inputs("Pad")[1]!)).toEqual([0, 1, 2, 0]);
    expect(int64s(inputs("ReduceMax")[1]!)).toEqual([1]);
    const summed = nodes.filter(({ opType }) => opType === "ReduceSum");
    expect(summed.map(({ input }) => int64s(input[1]!))).toEqual([[0], []]);
    expect(summed[1]!.attribute.map(({ name }) => name)).toContain("noop_with_empty_axes");
    // Two ops that take [1] or [0, 1] share one constant.
    expect(model.graph!.initializer.filter(({ name }) => name.startsWith("int64:1"))).toHaveLength(2);
  });

  it("casts ArgMax's int64 to int32", () => {
    const argMax = nodes.find(({ opType }) => opType === "ArgMax")!;
    const cast = nodes.find(({ input }) => input[0] === argMax.output[0])!;
    expect([cast.opType, cast.output]).toEqual(["Cast", ["best"]]);
    expect(cast.attribute[0]!.i).toBe(BigInt(TensorProto_DataType.INT32));
  });

  it("stores constants in the asked element type", () => {
    const stored = (dataType: number) => model.graph!.initializer.find((tensor) => tensor.dataType === dataType)!;
    expect([...new Int32Array(stored(TensorProto_DataType.INT32).rawData.slice().buffer as ArrayBuffer)]).toEqual([
      3, -4,
    ]);
    expect([...stored(TensorProto_DataType.BOOL).rawData]).toEqual([1, 0, 1]);
    const wide = decode(encodeModel(graph, { float: "float64" }));
    const half = wide.graph!.initializer.find((tensor) => tensor.dataType === TensorProto_DataType.DOUBLE)!;
    expect([...new Float64Array(half.rawData.slice().buffer as ArrayBuffer)]).toEqual([0.5]);
  });
});

describe("decodeModel, of what an independent encoder wrote", () => {
  const float = (name: string, dims: (number | string)[]) =>
    create(ValueInfoProtoSchema, {
      name,
      type: {
        value: {
          case: "tensorType",
          value: {
            elemType: TensorProto_DataType.FLOAT,
            shape: {
              dim: dims.map((dim) => ({
                value:
                  typeof dim === "number"
                    ? { case: "dimValue" as const, value: BigInt(dim) }
                    : { case: "dimParam" as const, value: dim },
              })),
            },
          },
        },
      },
    });
  const int64 = (name: string, values: number[]) =>
    create(TensorProtoSchema, {
      name,
      dataType: TensorProto_DataType.INT64,
      dims: [BigInt(values.length)],
      int64Data: values.map(BigInt),
    });
  const node = (opType: string, input: string[], output: string, attributes: Record<string, number> = {}) =>
    create(NodeProtoSchema, {
      opType,
      input,
      output: [output],
      attribute: Object.entries(attributes).map(([name, i]) =>
        create(AttributeProtoSchema, { name, i: BigInt(i), type: AttributeProto_AttributeType.INT }),
      ),
    });
  const encode = (graph: object, version = 18): Uint8Array =>
    toBinary(
      ModelProtoSchema,
      create(ModelProtoSchema, { irVersion: 8n, opsetImport: [{ domain: "", version: BigInt(version) }], graph }),
    );

  it("fills in ONNX's defaults, counts axes from the end, and gives names that a graph allows", () => {
    const bytes = encode({
      name: "foreign",
      input: [float("onnx::x", [2, 3])],
      output: [float("out put", [])],
      initializer: [
        create(TensorProtoSchema, {
          name: "0",
          dataType: TensorProto_DataType.FLOAT,
          dims: [2n],
          floatData: [1.5, -2],
        }),
        ...[int64("last", [-1]), int64("flat", [0, -1]), int64("from", [-1]), int64("to", [2 ** 40])],
      ],
      node: [
        node("Softmax", ["onnx::x"], "soft"),
        node("Transpose", ["soft"], "turned"),
        node("Mul", ["turned", "0"], "scaled"),
        node("Slice", ["scaled", "from", "to", "last"], "column"),
        node("Reshape", ["column", "flat"], "flattened"),
        node("ReduceMax", ["flattened", "last"], "highest", { keepdims: 0 }),
        node("ReduceSum", ["highest"], "out put", { keepdims: 0 }),
      ],
    });
    const graph = decodeModel(bytes);
    expect(graph.inputs).toEqual([{ name: "onnx__x", dtype: "float", shape: [2, 3] }]);
    expect(graph.constants).toEqual([{ name: "_0", dtype: "float", shape: [2], data: [1.5, -2] }]);
    expect(graph.nodes.map(({ attributes }) => attributes)).toEqual([
      { axis: 1 },
      { perm: [1, 0] },
      {},
      { starts: [0, 1], ends: [3, 2] },
      { shape: [3, 1] },
      { axis: 1, keepDims: false },
      { axes: [0], keepDims: false },
    ]);
    expect(graph.outputs).toEqual(["out_put"]);
  });

  const x = float("x", [2, 3]);
  const y = float("y", [2, 3]);
  it.each<[string, Uint8Array, RegExp]>([
    [
      "an op that is not in the table",
      encode({ input: [x], output: [y], node: [node("Gelu", ["x"], "y")] }),
      /op Gelu → "y"/,
    ],
    [
      "an op of another domain",
      encode({
        input: [x],
        output: [y],
        node: [create(NodeProtoSchema, { opType: "Relu", domain: "com.microsoft", input: ["x"], output: ["y"] })],
      }),
      /com\.microsoft\.Relu/,
    ],
    ["another operator set", encode({ input: [x], output: [x] }, 13), /operator set ai\.onnx 18, got 13/],
    ["a symbolic extent", encode({ input: [float("x", ["batch", 3])], output: [] }), /static shape, got \[batch,3\]/],
    ["a value that nothing makes", encode({ input: [x], output: [y], node: [node("Relu", ["z"], "y")] }), /reads "z"/],
    [
      "a computed shape",
      encode({ input: [x], output: [y], node: [node("Reshape", ["x", "x"], "y")] }),
      /int64 constant/,
    ],
    [
      "an attribute that no op has",
      encode({ input: [x], output: [y], node: [node("Relu", ["x"], "y", { alpha: 1 })] }),
      /"alpha"/,
    ],
    [
      "operands that do not fit",
      encode({ input: [x, float("z", [5])], output: [y], node: [node("Add", ["x", "z"], "y")] }),
      /do not broadcast/,
    ],
    [
      "an output of another shape",
      encode({ input: [x], output: [float("y", [3])], node: [node("Relu", ["x"], "y")] }),
      /declared/,
    ],
    [
      "an int64 output",
      encode({ input: [x], output: [y], node: [node("ArgMax", ["x"], "y", { axis: 1 })] }),
      /no float, int32/,
    ],
    [
      "two values of one name",
      encode({ input: [x], output: [y], node: [node("Relu", ["x"], "y"), node("Exp", ["x"], "y")] }),
      /two values "y"/,
    ],
    [
      "a tensor with too few numbers",
      encode({
        input: [x],
        output: [x],
        initializer: [create(TensorProtoSchema, { name: "c", dataType: 1, dims: [2n], floatData: [1] })],
      }),
      /"c" of shape \[2\] needs 2 numbers, got 1/,
    ],
  ])("refuses %s", (_, bytes, message) => {
    const attempt = () => decodeModel(bytes, { file: "model.onnx" });
    expect(attempt).toThrow(expect.objectContaining({ code: "BAD_MODEL_FILE", file: "model.onnx" }));
    expect(attempt).toThrow(message);
    expect(attempt).toThrow(/^model\.onnx, byte \d+: /);
  });
});
