import type { FileHead } from "../vector-format.ts";
import { countTrailingNumbers } from "./text-rows.ts";

/** Tells what follows a header `V D`: float32 or text. */
export function isBinaryBody(head: FileHead, start: number, dimension: number, rows: number): boolean {
  const bytes = head.bytes;
  if (start >= bytes.length) return false;
  const newline = bytes.indexOf(0x0a, start);
  const end = newline < 0 ? bytes.length : newline;
  // A line cut by the head's end has all its numbers but the last few.
  const numbers = countTrailingNumbers(bytes, start, end);
  if (numbers >= dimension || (newline < 0 && !head.isWhole && numbers > 0)) return false;
  if (fitsBinary(head, start, dimension, rows)) return true;
  return bytes.subarray(start).some((byte) => byte < 0x09 || (byte > 0x0d && byte < 0x20));
}

/** Whether all of the head reads as binary rows, and ends with the last one where the head is the whole file. */
function fitsBinary(head: FileHead, start: number, dimension: number, rows: number): boolean {
  const { bytes, isWhole } = head;
  let at = start;
  for (let row = 0; row < rows; row++) {
    while (bytes[at] === 0x0a) at++;
    const space = bytes.subarray(at, at + 1024).indexOf(0x20);
    if (space < 0) return !isWhole && at + 1024 > bytes.length;
    if (bytes.subarray(at, at + space).some((byte) => byte < 0x20)) return false;
    at += space + 1 + dimension * 4;
    if (at > bytes.length) return !isWhole;
  }
  return bytes.subarray(at).every((byte) => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d));
}
