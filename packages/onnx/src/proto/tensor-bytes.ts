import type { ElementType } from "./model-proto.ts";

/** Bytes an element takes in `raw_data`. */
export const elementBytes: { readonly [T in ElementType]: number } = {
  float32: 4,
  int32: 4,
  int64: 8,
  bool: 1,
  float64: 8,
};

/** `raw_data` is little-endian on every machine. */
const littleEndian = true;

const put: { readonly [T in ElementType]: (view: DataView, offset: number, x: number) => void } = {
  float32: (view, offset, x) => view.setFloat32(offset, x, littleEndian),
  float64: (view, offset, x) => view.setFloat64(offset, x, littleEndian),
  int32: (view, offset, x) => view.setInt32(offset, x, littleEndian),
  int64: (view, offset, x) => view.setBigInt64(offset, BigInt(x), littleEndian),
  bool: (view, offset, x) => view.setUint8(offset, x),
};

const get: { readonly [T in ElementType]: (view: DataView, offset: number) => number } = {
  float32: (view, offset) => view.getFloat32(offset, littleEndian),
  float64: (view, offset) => view.getFloat64(offset, littleEndian),
  int32: (view, offset) => view.getInt32(offset, littleEndian),
  int64: (view, offset) => Number(view.getBigInt64(offset, littleEndian)),
  bool: (view, offset) => view.getUint8(offset),
};

/** Fresh `raw_data` of a tensor. */
export function toBytes(type: ElementType, data: readonly number[]): Uint8Array {
  const size = elementBytes[type];
  const bytes = new Uint8Array(data.length * size);
  const view = new DataView(bytes.buffer);
  data.forEach((x, i) => {
    put[type](view, i * size, x);
  });
  return bytes;
}

/** The numbers of a tensor's `raw_data`, whose length is a multiple of the element's. */
export function fromBytes(type: ElementType, bytes: Uint8Array): number[] {
  const size = elementBytes[type];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / size }, (_, i) => get[type](view, i * size));
}
