import { ThawlineError } from "@thawline/core";
import { badFile } from "./bad-file.ts";
import { type ByteSource, openSource } from "./bytes/byte-source.ts";
import { type ByteWindow, openByteWindow } from "./bytes/byte-window.ts";
import { isGzip, withGunzipErrors } from "./bytes/gunzip.ts";
import { webPlatform } from "./bytes/platform.ts";
import type { Compression, ReadVectorsOptions } from "./read-vectors.ts";
import { abortedError } from "./row-gate.ts";
import { createCrc32 } from "./zip/crc32.ts";
import { openArchive } from "./zip/open-archive.ts";
import { openEntry } from "./zip/read-entry.ts";
import { isZip } from "./zip/zip-archive.ts";

const HEAD_BYTES = 1 << 17;

/** What of the options concerns the bytes. */
export type OpenOptions = Pick<ReadVectorsOptions, "file" | "entry" | "size" | "signal" | "onProgress" | "platform">;

/** A source opened to be read. */
export interface OpenedWindow {
  readonly window: ByteWindow;
  /** Bytes of what the window shows, where known. */
  readonly size: number | undefined;
  readonly compression: Compression;
  /** Which part of it has been read; undefined where its size is not known. */
  readonly share: () => number | undefined;
}

/**
 * Opens the source, through gunzip or an entry of a zip archive where its first bytes say so, with enough read to tell
 * the format.
 */
export async function openWindow(source: ByteSource, options: OpenOptions): Promise<OpenedWindow> {
  const opened = openSource(source);
  const size = opened.size ?? options.size;
  const raw = openByteWindow(watch(opened.chunks, size, options));
  try {
    await raw.need(4);
    if (isZip(raw.bytes.subarray(raw.start, raw.end))) {
      await raw.close();
      return await openZipWindow(source, options);
    }
    if (!isGzip(raw.bytes.subarray(raw.start, raw.end))) {
      await raw.need(HEAD_BYTES);
      const share = () => (size === undefined ? undefined : (raw.base + raw.start) / size);
      return { window: raw, size, compression: "none" as const, share };
    }
    const unpacked = (options.platform ?? webPlatform).gunzip(drainWindow(raw));
    const window = openByteWindow(withGunzipErrors(unpacked, options.file));
    await window.need(HEAD_BYTES);
    if (isGzip(window.bytes.subarray(window.start, window.end)))
      throw badFile("the file is gzip-compressed twice; unpack it once", { file: options.file });
    // Ahead of the rows by what is buffered, so it underestimates them a little.
    const share = () => (size === undefined ? undefined : (raw.base + raw.end) / size);
    return { window, size: undefined, compression: "gzip" as const, share };
  } catch (error) {
    await raw.close();
    throw error;
  }
}

async function openZipWindow(source: ByteSource, options: OpenOptions): Promise<OpenedWindow> {
  const { file, entry } = options;
  const { chunks, size } = openEntry(await openArchive(source, file), { entry, file, crc32: createCrc32() });
  const { entry: _, ...inner } = options;
  return { ...(await openWindow(chunks, { ...inner, size })), compression: "zip" };
}

/** What is left of a window, as a stream of chunks that are the receiver's own. */
async function* drainWindow(window: ByteWindow): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for (;;) {
      if (window.start < window.end) yield window.bytes.slice(window.start, window.end);
      window.start = window.end;
      if (window.atEnd) return;
      await window.fill();
    }
  } finally {
    await window.close();
  }
}

/** Reports progress and obeys the signal. */
async function* watch(
  chunks: AsyncIterable<Uint8Array>,
  totalBytes: number | undefined,
  options: OpenOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { signal, onProgress, file } = options;
  let bytesRead = 0;
  try {
    if (signal?.aborted) throw abortedError(signal);
    for await (const chunk of chunks) {
      yield chunk;
      bytesRead += chunk.length;
      onProgress?.({ bytesRead, totalBytes });
      if (signal?.aborted) throw abortedError(signal);
    }
  } catch (error) {
    if (ThawlineError.isInstance(error) || error instanceof TypeError) throw error;
    throw badFile("reading failed", { file, offset: bytesRead, cause: error });
  }
}
