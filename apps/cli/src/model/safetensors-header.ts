import { sizeOf, type TensorDType } from "@thawline/core";

/** A tensor to be written. */
interface TensorInfo {
  readonly name: string;
  readonly dtype: TensorDType;
  readonly shape: readonly number[];
}

const stored = { float32: ["F32", 4], float64: ["F64", 8], int32: ["I32", 4], bool: ["BOOL", 1] } as const;

/**
 * Length and header of a safetensors file whose data is streamed after it, and the order in which the tensors' data must
 * follow: by element size, largest first, then by name, as the format's own library does it.
 * @remarks https://github.com/huggingface/safetensors "Format"; padded with spaces so that the data is aligned to 8 bytes.
 */
export function safetensorsHeader(
  tensors: readonly TensorInfo[],
  metadata: Readonly<Record<string, string>>,
): { readonly header: Uint8Array; readonly order: readonly string[] } {
  const sorted = [...tensors].sort((a, b) => stored[b.dtype][1] - stored[a.dtype][1] || (a.name < b.name ? -1 : 1));
  let at = 0;
  const entries = sorted.map(({ name, dtype, shape }): [string, unknown] => {
    const begin = at;
    at += sizeOf(shape) * stored[dtype][1];
    return [name, { dtype: stored[dtype][0], shape, data_offsets: [begin, at] }];
  });
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries([["__metadata__", metadata], ...entries])));
  const length = Math.ceil(json.length / 8) * 8;
  const header = new Uint8Array(8 + length).fill(0x20);
  new DataView(header.buffer).setBigUint64(0, BigInt(length), true);
  header.set(json, 8);
  return { header, order: sorted.map(({ name }) => name) };
}
