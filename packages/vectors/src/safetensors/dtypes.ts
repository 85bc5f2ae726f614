import type { Tensor } from "@thawline/core";
import { encodeFloat16, float16Table } from "../numbers/float16.ts";

/** Element types that can be read. BF16 and F16 become float32; the others keep their width. */
export type SafetensorsDType =
  | "F64"
  | "F32"
  | "F16"
  | "BF16"
  | "I64"
  | "U64"
  | "I32"
  | "U32"
  | "I16"
  | "U16"
  | "I8"
  | "U8"
  | "BOOL";

/** Arrays for the dtypes that core's tensors do not have. */
export interface IntegerArrays {
  int64: BigInt64Array;
  uint64: BigUint64Array;
  uint32: Uint32Array;
  int16: Int16Array;
  uint16: Uint16Array;
  int8: Int8Array;
  uint8: Uint8Array;
}

/** A host tensor of one of the additional dtypes. */
export type IntegerTensor = {
  [D in keyof IntegerArrays]: { readonly dtype: D; readonly shape: readonly number[]; readonly data: IntegerArrays[D] };
}[keyof IntegerArrays];

/** Core's tensors by dtype, so that `dtype` tells `data` apart. */
export type CoreTensor = Tensor<"float32"> | Tensor<"float64"> | Tensor<"int32"> | Tensor<"bool">;

/** What a safetensors file holds under a name: core's tensor where core has the dtype. */
export type HostTensor = CoreTensor | IntegerTensor;

interface DTypeRule {
  readonly bytes: number;
  readonly host: HostTensor["dtype"];
  /** `raw` is aligned and owned: it may become the result's buffer. */
  decode(raw: Uint8Array<ArrayBuffer>): HostTensor["data"];
}

/** Total table: size, host dtype and decoding of each. Files are little-endian, as is every platform with these arrays. */
export const dtypeRules: { readonly [D in SafetensorsDType]: DTypeRule } = {
  F64: { bytes: 8, host: "float64", decode: (raw) => new Float64Array(raw.buffer) },
  F32: { bytes: 4, host: "float32", decode: (raw) => new Float32Array(raw.buffer) },
  F16: { bytes: 2, host: "float32", decode: (raw) => float16ToFloat32(new Uint16Array(raw.buffer)) },
  BF16: { bytes: 2, host: "float32", decode: (raw) => bfloat16ToFloat32(new Uint16Array(raw.buffer)) },
  I64: { bytes: 8, host: "int64", decode: (raw) => new BigInt64Array(raw.buffer) },
  U64: { bytes: 8, host: "uint64", decode: (raw) => new BigUint64Array(raw.buffer) },
  I32: { bytes: 4, host: "int32", decode: (raw) => new Int32Array(raw.buffer) },
  U32: { bytes: 4, host: "uint32", decode: (raw) => new Uint32Array(raw.buffer) },
  I16: { bytes: 2, host: "int16", decode: (raw) => new Int16Array(raw.buffer) },
  U16: { bytes: 2, host: "uint16", decode: (raw) => new Uint16Array(raw.buffer) },
  I8: { bytes: 1, host: "int8", decode: (raw) => new Int8Array(raw.buffer) },
  U8: { bytes: 1, host: "uint8", decode: (raw) => raw },
  BOOL: { bytes: 1, host: "bool", decode: (raw) => raw.map((byte) => (byte === 0 ? 0 : 1)) },
};

/** The dtype in which a host tensor is stored unless the caller chooses another. */
export const storedAs: { readonly [D in HostTensor["dtype"]]: SafetensorsDType } = {
  float32: "F32",
  float64: "F64",
  int32: "I32",
  bool: "BOOL",
  int64: "I64",
  uint64: "U64",
  uint32: "U32",
  int16: "I16",
  uint16: "U16",
  int8: "I8",
  uint8: "U8",
};

/** Decodes float16 bits, fresh. */
export function float16ToFloat32(bits: Uint16Array): Float32Array {
  const table = float16Table();
  const values = new Float32Array(bits.length);
  for (let index = 0; index < bits.length; index++) values[index] = table[bits[index]];
  return values;
}

/** Rounds to float16 bits (ties to even), fresh. */
export function float32ToFloat16(values: ArrayLike<number>): Uint16Array<ArrayBuffer> {
  const bits = new Uint16Array(values.length);
  for (let index = 0; index < values.length; index++) bits[index] = encodeFloat16(values[index]);
  return bits;
}

function bfloat16ToFloat32(bits: Uint16Array): Float32Array {
  const wide = new Uint32Array(bits.length);
  for (let index = 0; index < bits.length; index++) wide[index] = bits[index] << 16;
  return new Float32Array(wide.buffer);
}
