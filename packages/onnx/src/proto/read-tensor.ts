import { sizeOf } from "@thawline/core";
import type { FieldReaders, MessageReader } from "./message-reader.ts";
import { type ElementType, elementTypes, type TensorProto } from "./model-proto.ts";
import { elementBytes, fromBytes } from "./tensor-bytes.ts";

const names = new Map<number, ElementType>(
  (Object.keys(elementTypes) as ElementType[]).map((name) => [elementTypes[name], name]),
);

/** The element type of a number of the file. */
export function elementTypeOf(reader: MessageReader, code: number, what: string): ElementType {
  const type = names.get(code);
  const known = [...names].map(([number, name]) => `${name} (${number})`).join(", ");
  return type ?? reader.fail(`${what} has element type ${code}; known are ${known}`);
}

/** Readers of a TensorProto that hand it over at its end; see `finish`. */
export function tensorReader(reader: MessageReader, offset: number) {
  let [name, code, location] = ["", 0, 0];
  const shape: number[] = [];
  const numbers: number[] = [];
  let raw: Uint8Array | undefined;
  const collect = (x: number): void => {
    numbers.push(x);
  };
  const readers: FieldReaders = {
    1: reader.integers((extent) => shape.push(extent)),
    2: reader.integer((value) => (code = value)),
    4: reader.floats(4, collect),
    5: reader.integers(collect),
    7: reader.integers(collect),
    8: reader.string((value) => (name = value)),
    9: reader.bytes((value) => (raw = value)),
    10: reader.floats(8, collect),
    14: reader.integer((value) => (location = value)),
  };
  const finish = (): TensorProto => {
    const type = elementTypeOf(reader, code, `tensor "${name}"`);
    if (location !== 0) reader.fail(`tensor "${name}" keeps its data in another file, which is not supported`, offset);
    if (raw !== undefined && raw.length % elementBytes[type] !== 0) {
      reader.fail(`tensor "${name}" has ${raw.length} bytes, no multiple of ${elementBytes[type]}`, offset);
    }
    const data = raw === undefined ? numbers : fromBytes(type, raw);
    if (data.length !== sizeOf(shape)) {
      reader.fail(`tensor "${name}" of shape [${shape}] needs ${sizeOf(shape)} numbers, got ${data.length}`, offset);
    }
    return { name, type, shape, data, offset };
  };
  return { readers, finish };
}
