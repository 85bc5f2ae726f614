import { badFile } from "../bad-file.ts";
import { streamChunks } from "./byte-source.ts";

/** Unpacks a gzip stream, all its members. The chunks it is given are its own to keep. */
export type Gunzip = (chunks: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>;

/** True for the first bytes of a gzip file. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 0x08;
}

/**
 * Unpacks with the platform's `DecompressionStream`. The standard has it refuse what follows the first member, as
 * browsers and Node 24 do (Node 20 unpacks all members): then this throws too, never a shortened result.
 */
export const gunzipWeb: Gunzip = (chunks) => {
  if (typeof DecompressionStream === "undefined") {
    throw badFile("the file is gzip-compressed and this platform has no DecompressionStream; unpack it first", {});
  }
  const iterator = chunks[Symbol.asyncIterator]();
  const compressed = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      try {
        const next = await iterator.next();
        if (next.done) controller.close();
        else controller.enqueue(next.value as Uint8Array<ArrayBuffer>);
      } catch (error) {
        controller.error(error);
      }
    },
    async cancel() {
      await iterator.return?.();
    },
  });
  return streamChunks(compressed.pipeThrough(new DecompressionStream("gzip")));
};

/** Turns a decompressor's error into a FormatError; errors of the source underneath pass unchanged. */
export async function* withGunzipErrors(
  chunks: AsyncIterable<Uint8Array>,
  file: string | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* chunks;
  } catch (cause) {
    const code = (cause as { code?: unknown } | null)?.code;
    const isZlib = cause instanceof TypeError || (typeof code === "string" && /^(Z_|ERR_)/.test(code));
    if (!isZlib) throw cause;
    if (isAboutTrailingData(cause))
      throw badFile(
        "the gzip file has several members, or other bytes behind the first, and this platform unpacks one member only; pack it again as one (gunzip, then gzip), or read it with nodePlatform",
        { file, cause },
      );
    throw badFile("the gzip data is damaged or ends too early; fetch the file again", { file, cause });
  }
}

/** Node's code, and the words of Chromium ("Junk found after end of compressed data"), Firefox and WebKit. */
function isAboutTrailingData(cause: unknown): boolean {
  const { code, message } = cause as { readonly code?: unknown; readonly message?: unknown };
  return (
    code === "ERR_TRAILING_JUNK_AFTER_STREAM_END" ||
    (typeof message === "string" && /junk|trailing|(after|behind|past) the end|extra (bytes|data)/i.test(message))
  );
}
