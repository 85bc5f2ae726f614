import { type CoreTensor, dtypeRules, float32ToFloat16, type HostTensor, storedAs } from "./dtypes.ts";
import { encodeHeader, type SafetensorsEntry } from "./header.ts";

/** How to write. */
export interface WriteSafetensorsOptions {
  readonly metadata?: Readonly<Record<string, string>> | ReadonlyMap<string, string>;
  /** Names of float32 tensors to round to F16 (ties to even). */
  readonly asFloat16?: ReadonlySet<string>;
}

/**
 * Encodes tensors as a safetensors file, fresh. The bytes depend on names and contents only: tensors stand by element
 * size, largest first, then by name (as the format's own library orders them), so each is aligned.
 * @throws RangeError where a tensor's data is not its shape's size, or `asFloat16` names one that is not float32
 */
export function writeSafetensors(
  tensors: ReadonlyMap<string, HostTensor> | Readonly<Record<string, HostTensor>>,
  options: WriteSafetensorsOptions = {},
): Uint8Array {
  const { asFloat16 } = options;
  const named = tensors instanceof Map ? [...tensors] : Object.entries(tensors as Readonly<Record<string, HostTensor>>);
  const stored = named.map(([name, tensor]) => store(name, tensor, asFloat16?.has(name) ?? false));
  stored.sort((a, b) => dtypeRules[b.dtype].bytes - dtypeRules[a.dtype].bytes || (a.name < b.name ? -1 : 1));
  const entries: SafetensorsEntry[] = [];
  let dataBytes = 0;
  for (const { name, dtype, shape, raw } of stored) {
    entries.push({ name, dtype, shape, begin: dataBytes, end: dataBytes + raw.length });
    dataBytes += raw.length;
  }
  const metadata = options.metadata instanceof Map ? options.metadata : new Map(Object.entries(options.metadata ?? {}));
  const header = encodeHeader(entries, metadata);
  const bytes = new Uint8Array(header.length + dataBytes);
  bytes.set(header);
  for (const [index, { raw }] of stored.entries()) bytes.set(raw, header.length + entries[index].begin);
  return bytes;
}

function store(name: string, tensor: HostTensor, asFloat16: boolean) {
  const { shape, data } = tensor;
  const size = shape.reduce((product, extent) => product * extent, 1);
  if (data.length !== size)
    throw new RangeError(`tensor "${name}" of shape [${shape}] has ${size} elements, but data has ${data.length}`);
  if (asFloat16 && tensor.dtype !== "float32")
    throw new RangeError(`only float32 can be written as F16, but "${name}" is ${tensor.dtype}`);
  const array = asFloat16 ? float32ToFloat16((tensor as CoreTensor).data) : data;
  const dtype = asFloat16 ? "F16" : storedAs[tensor.dtype];
  return { name, dtype, shape, raw: new Uint8Array(array.buffer, array.byteOffset, array.byteLength) } as const;
}
