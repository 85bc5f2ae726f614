import { textBlocks } from "./text-blocks.ts";

/** Calls `visit` with each line of a block, without its `\n` or `\r\n`, and the line's number. */
export function forEachLine(text: string, firstLine: number, visit: (line: string, number: number) => void): void {
  let number = firstLine;
  for (let start = 0; start < text.length; number++) {
    const found = text.indexOf("\n", start);
    const end = found === -1 ? text.length : found;
    const isCrLf = end > start && text.charCodeAt(end - 1) === 13;
    visit(text.slice(start, isCrLf ? end - 1 : end), number);
    start = end + 1;
  }
}

/**
 * Reads the lines of a UTF-8 byte stream one by one, without their `\n` or `\r\n`; a byte order mark is dropped.
 * @throws FormatError BAD_DATA_FILE with line and byte offset for invalid UTF-8 and NUL bytes
 */
export async function* readLines(source: AsyncIterable<Uint8Array>, file?: string): AsyncGenerator<string> {
  for await (const block of textBlocks(source, file)) {
    const lines: string[] = [];
    forEachLine(block.text, block.line, (line) => lines.push(line));
    yield* lines;
  }
}
