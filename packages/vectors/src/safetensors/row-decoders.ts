import { float16Table } from "../numbers/float16.ts";

/** Decodes a row of little-endian values into float32. */
export type RowDecoder = (raw: DataView, into: Float32Array) => void;

/** Decoders of the element types that a table of vectors may have. int8 has no scale: directions alone have a meaning. */
export const rowDecoders: { readonly [D in "F32" | "F64" | "F16" | "BF16" | "I8"]: RowDecoder } = {
  F32(raw, into) {
    for (let index = 0; index < into.length; index++) into[index] = raw.getFloat32(index * 4, true);
  },
  F64(raw, into) {
    for (let index = 0; index < into.length; index++) into[index] = raw.getFloat64(index * 8, true);
  },
  F16(raw, into) {
    const table = float16Table();
    for (let index = 0; index < into.length; index++) into[index] = table[raw.getUint16(index * 2, true)];
  },
  BF16(raw, into) {
    const bits = new Uint32Array(into.buffer, into.byteOffset, into.length);
    for (let index = 0; index < into.length; index++) bits[index] = raw.getUint16(index * 2, true) << 16;
  },
  I8(raw, into) {
    for (let index = 0; index < into.length; index++) into[index] = raw.getInt8(index);
  },
};
