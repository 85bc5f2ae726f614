import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import {
  type AttributeProto,
  elementTypes,
  type GraphProto,
  type ModelProto,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from "./model-proto.ts";
import { toBytes } from "./tensor-bytes.ts";

type Write = (w: BinaryWriter) => void;

function message(w: BinaryWriter, field: number, write: Write): void {
  w.tag(field, WireType.LengthDelimited).fork();
  write(w);
  w.join();
}

const string = (w: BinaryWriter, field: number, value: string): void => {
  w.tag(field, WireType.LengthDelimited).string(value);
};

const integer = (w: BinaryWriter, field: number, value: number): void => {
  w.tag(field, WireType.Varint).int64(value);
};

/** Unpacked, as onnx.proto (proto2) has it; every reader takes both forms. */
const integers = (w: BinaryWriter, field: number, values: readonly number[]): void => {
  for (const value of values) integer(w, field, value);
};

// AttributeProto.AttributeType
const attributeTypes = { int: 2, string: 3, ints: 7 } as const;

function writeAttribute(w: BinaryWriter, attribute: AttributeProto): void {
  string(w, 1, attribute.name);
  switch (attribute.kind) {
    case "int":
      integer(w, 3, attribute.value);
      break;
    case "string":
      string(w, 4, attribute.value);
      break;
    case "ints":
      integers(w, 8, attribute.value);
      break;
    default:
      return;
  }
  integer(w, 20, attributeTypes[attribute.kind]);
}

function writeNode(w: BinaryWriter, { op, inputs, outputs, attributes }: NodeProto): void {
  for (const input of inputs) string(w, 1, input);
  for (const output of outputs) string(w, 2, output);
  // A name that tools show; the output's is unique.
  string(w, 3, outputs[0]!);
  string(w, 4, op);
  for (const attribute of attributes) message(w, 5, () => writeAttribute(w, attribute));
}

function writeTensor(w: BinaryWriter, { name, type, shape, data }: TensorProto): void {
  integers(w, 1, shape);
  integer(w, 2, elementTypes[type]);
  string(w, 8, name);
  w.tag(9, WireType.LengthDelimited).bytes(toBytes(type, data));
}

function writeShape(w: BinaryWriter, shape: readonly (number | string)[]): void {
  for (const extent of shape) {
    message(w, 1, () => {
      if (typeof extent === "number") integer(w, 1, extent);
      else string(w, 2, extent);
    });
  }
}

function writeValueInfo(w: BinaryWriter, { name, type, shape }: ValueInfoProto): void {
  string(w, 1, name);
  // TypeProto, its tensor_type, and in that element type and shape.
  message(w, 2, () => {
    message(w, 1, () => {
      integer(w, 1, elementTypes[type]);
      if (shape !== undefined) message(w, 2, () => writeShape(w, shape));
    });
  });
}

function writeGraph(w: BinaryWriter, { name, nodes, initializers, inputs, outputs }: GraphProto): void {
  for (const node of nodes) message(w, 1, () => writeNode(w, node));
  string(w, 2, name);
  for (const tensor of initializers) message(w, 5, () => writeTensor(w, tensor));
  for (const input of inputs) message(w, 11, () => writeValueInfo(w, input));
  for (const output of outputs) message(w, 12, () => writeValueInfo(w, output));
}

/** The bytes of a model, fresh. */
export function writeModel({ irVersion, producerName, opset, graph }: ModelProto): Uint8Array {
  const w = new BinaryWriter();
  integer(w, 1, irVersion);
  string(w, 2, producerName);
  message(w, 7, () => writeGraph(w, graph));
  message(w, 8, () => {
    string(w, 1, "");
    integer(w, 2, opset);
  });
  return w.finish();
}
