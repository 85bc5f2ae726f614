import { createMessageReader, type FieldReaders, type MessageReader } from "./message-reader.ts";
import type { AttributeProto, GraphProto, ModelProto, NodeProto, TensorProto, ValueInfoProto } from "./model-proto.ts";
import { elementTypeOf, tensorReader } from "./read-tensor.ts";

/** A parsed message, and how to throw about a place in its file. */
export interface ReadModel {
  readonly model: ModelProto;
  readonly fail: MessageReader["fail"];
}

interface Mutable {
  nodes: NodeProto[];
  initializers: TensorProto[];
  inputs: ValueInfoProto[];
  outputs: ValueInfoProto[];
}

/** Like `message`, and calls `done` after the last field. */
function whole(r: MessageReader, start: (offset: number) => { readers: FieldReaders; done: () => void }) {
  let finish = (): void => {};
  const inner = r.message((offset) => {
    const { readers, done } = start(offset);
    finish = done;
    return readers;
  });
  return {
    wires: inner.wires,
    read: (wire: Parameters<typeof inner.read>[0]) => {
      inner.read(wire);
      finish();
    },
  };
}

/** Attribute strings that matter are ASCII; others may be any bytes. */
const ascii = (bytes: Uint8Array): string => String.fromCharCode(...bytes.subarray(0, 100));

function attribute(r: MessageReader, take: (value: AttributeProto) => void) {
  return whole(r, () => {
    let [name, type, int, text] = ["", 0, 0, ""];
    const ints: number[] = [];
    return {
      readers: {
        1: r.string((x) => (name = x)),
        3: r.integer((x) => (int = x)),
        4: r.bytes((x) => (text = ascii(x))),
        8: r.integers((x) => ints.push(x)),
        20: r.integer((x) => (type = x)),
      },
      done: () => {
        if (type === 2) take({ name, kind: "int", value: int });
        else if (type === 3) take({ name, kind: "string", value: text });
        else if (type === 7) take({ name, kind: "ints", value: ints });
        else take({ name, kind: "other" });
      },
    };
  });
}

function node(r: MessageReader, take: (value: NodeProto) => void) {
  return whole(r, (offset) => {
    let [op, domain] = ["", ""];
    const inputs: string[] = [];
    const outputs: string[] = [];
    const attributes: AttributeProto[] = [];
    return {
      readers: {
        1: r.string((x) => inputs.push(x)),
        2: r.string((x) => outputs.push(x)),
        4: r.string((x) => (op = x)),
        5: attribute(r, (x) => attributes.push(x)),
        7: r.string((x) => (domain = x)),
      },
      done: () => take({ op, domain, inputs, outputs, attributes, offset }),
    };
  });
}

function tensor(r: MessageReader, take: (value: TensorProto) => void) {
  return whole(r, (offset) => {
    const { readers, finish } = tensorReader(r, offset);
    return { readers, done: () => take(finish()) };
  });
}

function extent(r: MessageReader, take: (value: number | string) => void) {
  return whole(r, () => {
    let value: number | string = "?";
    return {
      readers: { 1: r.integer((x) => (value = x)), 2: r.string((x) => (value = x)) },
      done: () => take(value),
    };
  });
}

function valueInfo(r: MessageReader, take: (value: ValueInfoProto) => void) {
  return whole(r, (offset) => {
    let name = "";
    let code: number | undefined;
    let shape: (number | string)[] | undefined;
    const tensorType = r.message(() => ({
      1: r.integer((x) => (code = x)),
      2: r.message(() => {
        shape = [];
        return { 1: extent(r, (x) => shape!.push(x)) };
      }),
    }));
    return {
      readers: { 1: r.string((x) => (name = x)), 2: r.message(() => ({ 1: tensorType })) },
      done: () => {
        if (code === undefined) return r.fail(`"${name}" is no tensor`, offset);
        take({ name, type: elementTypeOf(r, code, `"${name}"`), shape, offset });
      },
    };
  });
}

/**
 * Reads the bytes of a ModelProto (borrowed).
 * @throws FormatError BAD_MODEL_FILE with the byte offset where they are none
 */
export function readModel(bytes: Uint8Array, file?: string): ReadModel {
  const r = createMessageReader(bytes, file);
  let [irVersion, producerName, name] = [0, "", ""];
  const opsets = new Map<string, number>();
  const parts: Mutable = { nodes: [], initializers: [], inputs: [], outputs: [] };
  let hasGraph = false;
  const graph = r.message(() => {
    hasGraph = true;
    return {
      1: node(r, (x) => parts.nodes.push(x)),
      2: r.string((x) => (name = x)),
      5: tensor(r, (x) => parts.initializers.push(x)),
      11: valueInfo(r, (x) => parts.inputs.push(x)),
      12: valueInfo(r, (x) => parts.outputs.push(x)),
    };
  });
  const opset = whole(r, () => {
    let [domain, version] = ["", 0];
    return {
      readers: { 1: r.string((x) => (domain = x)), 2: r.integer((x) => (version = x)) },
      done: () => {
        opsets.set(domain === "ai.onnx" ? "" : domain, version);
      },
    };
  });
  r.fields(bytes.length, {
    1: r.integer((x) => (irVersion = x)),
    2: r.string((x) => (producerName = x)),
    7: graph,
    8: opset,
  });
  if (!hasGraph) r.fail("expected an ONNX model, got a file without a graph");
  const whatGraph: GraphProto = { name, ...parts };
  return { model: { irVersion, producerName, opset: opsets.get("") ?? 0, graph: whatGraph }, fail: r.fail };
}
