import { badFile } from "../bad-file.ts";
import { dtypeRules, type SafetensorsDType } from "./dtypes.ts";
import { findDuplicateKey } from "./duplicate-key.ts";

/** Longest header that the format's own library accepts. */
export const MAX_HEADER_BYTES = 100_000_000;

/** A tensor's place in the file. Offsets count from the end of the header. */
export interface SafetensorsEntry {
  readonly name: string;
  readonly dtype: SafetensorsDType;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/** A file's header, checked. */
export interface SafetensorsHeader {
  readonly metadata: ReadonlyMap<string, string>;
  /** In the order of their data. */
  readonly entries: readonly SafetensorsEntry[];
  /** Bytes of data that the entries cover, from 0 without a gap. */
  readonly dataBytes: number;
}

/** Reads the u64 before the header. @throws FormatError where it is beyond 100 MB or the file's size */
export function parseHeaderLength(bytes: Uint8Array, size: number | undefined, file?: string): number {
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true));
  if (length > MAX_HEADER_BYTES)
    throw badFile(`the safetensors header has ${length} bytes; at most ${MAX_HEADER_BYTES} are allowed`, {
      file,
      offset: 0,
    });
  if (size !== undefined && length > size - 8) {
    throw badFile(`the safetensors header has ${length} bytes, but the file only ${size}; it is truncated`, {
      file,
      offset: 0,
    });
  }
  return length;
}

/**
 * Parses and checks the header JSON: no duplicate keys, known dtypes, sizes that fit the shapes, no gaps or overlaps.
 * @throws FormatError BAD_VECTOR_FILE
 * @remarks https://github.com/huggingface/safetensors "Format"
 */
export function parseHeader(json: Uint8Array, file?: string): SafetensorsHeader {
  const fail = (message: string, cause?: unknown) =>
    badFile(`safetensors header: ${message}`, { file, offset: 8, cause });
  let text: string;
  let parsed: unknown;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(json);
    parsed = JSON.parse(text);
  } catch (cause) {
    throw fail("it is not valid JSON in UTF-8", cause);
  }
  if (!isObject(parsed)) throw fail("expected a JSON object");
  const duplicate = findDuplicateKey(text);
  if (duplicate !== undefined) throw fail(`the key ${JSON.stringify(duplicate)} stands there twice`);
  const metadata = new Map<string, string>();
  const entries: SafetensorsEntry[] = [];
  for (const [name, value] of Object.entries(parsed)) {
    if (name === "__metadata__") readMetadata(value, metadata, fail);
    else entries.push(checkEntry(name, value, fail));
  }
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let dataBytes = 0;
  for (const entry of entries) {
    if (entry.begin !== dataBytes) {
      throw fail(
        `the data of ${JSON.stringify(entry.name)} begins at ${entry.begin}, but the data before it ends at ${dataBytes} (${entry.begin > dataBytes ? "a gap" : "an overlap"})`,
      );
    }
    dataBytes = entry.end;
  }
  return { metadata, entries, dataBytes };
}

type Fail = (message: string) => Error;

function readMetadata(value: unknown, into: Map<string, string>, fail: Fail): void {
  if (!isObject(value)) throw fail("__metadata__ must be an object of strings");
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== "string") throw fail(`__metadata__ entry ${JSON.stringify(key)} must be a string`);
    into.set(key, text);
  }
}

function checkEntry(name: string, value: unknown, fail: Fail): SafetensorsEntry {
  const quoted = JSON.stringify(name);
  if (!isObject(value)) throw fail(`tensor ${quoted} must be an object`);
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== "string" || !Object.hasOwn(dtypeRules, dtype)) {
    throw fail(`tensor ${quoted} has dtype ${JSON.stringify(dtype)}; known are ${Object.keys(dtypeRules).join(", ")}`);
  }
  if (!Array.isArray(shape) || !shape.every(isCount)) throw fail(`tensor ${quoted} has no valid shape`);
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount))
    throw fail(`tensor ${quoted} has no valid data_offsets`);
  const [begin, end] = offsets as [number, number];
  let bytes = dtypeRules[dtype as SafetensorsDType].bytes;
  for (const extent of shape as number[]) bytes *= extent;
  if (end - begin !== bytes)
    throw fail(
      `tensor ${quoted} of dtype ${dtype} and shape [${shape}] needs ${bytes} bytes, but its data_offsets span ${end - begin}`,
    );
  return { name, dtype: dtype as SafetensorsDType, shape: shape as number[], begin, end };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Encodes length and header, padded with spaces so that the data begins at a multiple of 8. */
export function encodeHeader(entries: readonly SafetensorsEntry[], metadata: ReadonlyMap<string, string>): Uint8Array {
  // A Map and pairs instead of an object: "__proto__" is a possible name, and number-like names would change places.
  const parts = entries.map(
    ({ name, dtype, shape, begin, end }) =>
      `${JSON.stringify(name)}:${JSON.stringify({ dtype, shape, data_offsets: [begin, end] })}`,
  );
  if (metadata.size > 0) {
    const pairs = [...metadata].map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`);
    parts.unshift(`"__metadata__":{${pairs.join(",")}}`);
  }
  const json = new TextEncoder().encode(`{${parts.join(",")}}`);
  const length = Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(8 + length).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(json, 8);
  return bytes;
}
