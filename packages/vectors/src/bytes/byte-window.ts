import { guardChunks } from "./guard-chunks.ts";

const MIN_CAPACITY = 1 << 16;

/** A sliding view of a byte stream: `bytes[start..end)` has been read and not yet consumed. */
export interface ByteWindow {
  bytes: Uint8Array;
  /** First byte not yet consumed; the reader advances it. */
  start: number;
  end: number;
  /** Offset in the stream of `bytes[0]`. */
  base: number;
  /** True once the stream has ended: `bytes[start..end)` is all that is left. */
  atEnd: boolean;
  /** Appends the next chunk. May move or replace `bytes`, so indexes are stale afterwards, `start` apart. */
  fill(): Promise<void>;
  /** Fills until `count` bytes are there; false where the stream ends before. */
  need(count: number): Promise<boolean>;
  /** Tells the source that no more is wanted, so that it can release its file. */
  close(): Promise<void>;
}

/**
 * Opens a window on a stream. Chunks are copied on arrival, so a source may reuse its buffer.
 * There is always one byte behind `end`, and at the end of the stream it is a newline: a number parser needs no
 * bounds check in its inner loop.
 */
export function openByteWindow(source: AsyncIterable<Uint8Array>): ByteWindow {
  const iterator = guardChunks(source)[Symbol.asyncIterator]();
  const window: ByteWindow = {
    bytes: new Uint8Array(MIN_CAPACITY),
    start: 0,
    end: 0,
    base: 0,
    atEnd: false,
    async fill() {
      if (window.atEnd) return;
      const next = await iterator.next();
      if (next.done) window.atEnd = true;
      else append(window, next.value);
      window.bytes[window.end] = 0x0a;
    },
    async need(count) {
      while (window.end - window.start < count && !window.atEnd) await window.fill();
      return window.end - window.start >= count;
    },
    async close() {
      await iterator.return?.(undefined);
    },
  };
  return window;
}

function append(window: ByteWindow, chunk: Uint8Array): void {
  const kept = window.end - window.start;
  const needed = kept + chunk.length + 1;
  if (window.end + chunk.length + 1 > window.bytes.length) {
    if (needed <= window.bytes.length) window.bytes.copyWithin(0, window.start, window.end);
    else {
      const grown = new Uint8Array(Math.max(needed, kept * 2, MIN_CAPACITY));
      grown.set(window.bytes.subarray(window.start, window.end));
      window.bytes = grown;
    }
    window.base += window.start;
    window.start = 0;
    window.end = kept;
  }
  window.bytes.set(chunk, window.end);
  window.end += chunk.length;
}
