import { ThawlineError } from "@thawline/core";
import type { ByteBuilder } from "../bytes/byte-builder.ts";
import { encodeFloat16 } from "../numbers/float16.ts";
import type { VectorDType } from "../vector-format.ts";

/** Bytes of one value. */
export const valueBytes: { readonly [D in VectorDType]: number } = { f32: 4, f16: 2 };

/** Appends values little-endian. @throws ThawlineError OUTPUT_FAILED for a value beyond the range of float16 */
export function encodeValues(into: ByteBuilder, values: Float32Array, dtype: VectorDType): void {
  const bytes = valueBytes[dtype];
  into.reserve(values.length * bytes);
  const view = new DataView(into.bytes.buffer, into.bytes.byteOffset + into.length);
  for (let index = 0; index < values.length; index++) {
    if (dtype === "f16") view.setUint16(index * 2, toFloat16(values[index]), true);
    else view.setFloat32(index * 4, values[index], true);
  }
  into.length += values.length * bytes;
}

function toFloat16(value: number): number {
  if (Number.isFinite(value) && Math.abs(value) >= 65_520) {
    throw new ThawlineError("OUTPUT_FAILED", `${value} is beyond the range of float16; write with dtype f32`);
  }
  return encodeFloat16(value);
}
