import { type FormatError, ThawlineError } from "@thawline/core";

/** UTF-8 of a text; `latin1` where each character is a byte. */
export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
export const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Little-endian float32. */
export function floats(...values: readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(values.length * 4));
  for (const [index, value] of values.entries()) view.setFloat32(index * 4, value, true);
  return new Uint8Array(view.buffer);
}

/** A safetensors file from a header and data, without any check. */
export function rawSafetensors(header: unknown, data: Uint8Array): Uint8Array {
  const json = utf8(typeof header === "string" ? header : JSON.stringify(header));
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(json.length), true);
  return concat(length, json, data);
}

/** The bytes in the pieces given, each in a buffer that is overwritten when the next is asked for, as sources may do. */
export async function* inPieces(
  bytes: Uint8Array,
  sizes: readonly number[],
): AsyncGenerator<Uint8Array, void, undefined> {
  let at = 0;
  for (let turn = 0; at < bytes.length; turn++) {
    const size = sizes.length === 0 ? bytes.length : sizes[turn % sizes.length];
    const piece = bytes.slice(at, at + size);
    at += size;
    yield piece;
    piece.fill(0x39);
  }
}

/** The ThawlineError that a promise rejects with. */
export async function failureOf(promise: Promise<unknown>): Promise<FormatError> {
  const error = await promise.then(
    () => new Error("expected a failure"),
    (reason: unknown) => reason,
  );
  if (!ThawlineError.isInstance(error)) throw error;
  return error as FormatError;
}
