import { badFile } from "../bad-file.ts";
import type { ByteWindow } from "../bytes/byte-window.ts";
import { parseHeader, parseHeaderLength, type SafetensorsHeader } from "./header.ts";

/** What is read from. */
export interface TensorSource {
  readonly window: ByteWindow;
  readonly file: string | undefined;
  readonly size: number | undefined;
}

/** Reads and checks the header at the window's start, and moves to the first tensor. @throws FormatError */
export async function takeSafetensorsHeader(source: TensorSource): Promise<SafetensorsHeader> {
  const { window, size, file } = source;
  if (!(await window.need(8))) throw tensorsTruncated(source, "the header");
  const length = parseHeaderLength(window.bytes.subarray(window.start, window.end), size, file);
  if (!(await window.need(8 + length))) throw tensorsTruncated(source, "the header");
  const header = parseHeader(window.bytes.subarray(window.start + 8, window.start + 8 + length), file);
  window.start += 8 + length;
  if (size !== undefined && 8 + length + header.dataBytes !== size) {
    throw badFile(
      `the header describes ${header.dataBytes} bytes of data, but ${size - 8 - length} follow; the file is truncated or damaged`,
      { file, offset: size },
    );
  }
  return header;
}

/** Moves `count` bytes on. */
export async function skipTensors(source: TensorSource, count: number, drain: () => Promise<void>): Promise<void> {
  const { window } = source;
  let left = count;
  for (;;) {
    const step = Math.min(left, window.end - window.start);
    window.start += step;
    left -= step;
    if (left === 0) return;
    if (window.atEnd) throw tensorsTruncated(source, "the tensors");
    await drain();
    await window.fill();
  }
}

/** The error of a file that ends too early. */
export function tensorsTruncated({ window, file }: Pick<TensorSource, "window" | "file">, where: string) {
  return badFile(`the file ends within ${where}; it is truncated: fetch it again`, {
    file,
    offset: window.base + window.end,
  });
}
