import { badFile } from "../bad-file.ts";
import { dtypeRules, type HostTensor } from "./dtypes.ts";
import { parseHeader, parseHeaderLength, type SafetensorsEntry } from "./header.ts";

/** A safetensors file in memory. */
export interface SafetensorsFile {
  readonly metadata: ReadonlyMap<string, string>;
  /** By name, in the order of their data. Arrays are fresh and aligned. */
  readonly tensors: ReadonlyMap<string, HostTensor>;
  /** The dtype of each tensor in the file: F16 and BF16 are float32 in `tensors`. */
  readonly entries: readonly SafetensorsEntry[];
}

/**
 * Reads a whole safetensors file. `bytes` is borrowed; all data is copied, since it may stand unaligned.
 * @throws FormatError BAD_VECTOR_FILE on a header that is malformed, has duplicate keys, gaps, overlaps, unknown dtypes
 * or sizes that do not fit, and on data that is truncated or too long
 */
export function readSafetensors(bytes: Uint8Array, options: { readonly file?: string } = {}): SafetensorsFile {
  const { file } = options;
  if (bytes.length < 8)
    throw badFile(`a safetensors file has at least 8 bytes, this one ${bytes.length}`, { file, offset: 0 });
  const headerEnd = 8 + parseHeaderLength(bytes, bytes.length, file);
  const { metadata, entries, dataBytes } = parseHeader(bytes.subarray(8, headerEnd), file);
  if (headerEnd + dataBytes !== bytes.length) {
    throw badFile(`the header describes ${dataBytes} bytes of data, but ${bytes.length - headerEnd} follow`, {
      file,
      offset: bytes.length,
    });
  }
  const tensors = new Map<string, HostTensor>();
  for (const { name, dtype, shape, begin, end } of entries) {
    const rule = dtypeRules[dtype];
    // Not `slice`, which on a Buffer is a view.
    const raw = new Uint8Array(end - begin);
    raw.set(bytes.subarray(headerEnd + begin, headerEnd + end));
    const data = rule.decode(raw);
    tensors.set(name, { dtype: rule.host, shape, data } as HostTensor);
  }
  return { metadata, tensors, entries };
}
