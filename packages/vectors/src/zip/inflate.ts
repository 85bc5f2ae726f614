/** Packed bytes at a time: unpacked, a thousand times as many are held at most. */
const STEP_BYTES = 1 << 13;
/** No deflate stream goes on like this without giving a byte. */
const MAX_SILENT_BYTES = 1 << 20;

/** Unpacks raw deflate with fflate, which is loaded when the first archive is opened. @throws Error of fflate */
export async function* inflate(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const { Inflate } = await import("fflate");
  let unpacked: Uint8Array[] = [];
  const inflater = new Inflate((chunk) => void unpacked.push(chunk));
  let silent = 0;
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += STEP_BYTES) {
      // A copy: what fflate has not consumed yet it keeps, and the chunk is borrowed.
      inflater.push(new Uint8Array(chunk.subarray(at, at + STEP_BYTES)));
      const given = unpacked;
      unpacked = [];
      silent = given.some(({ length }) => length > 0) ? 0 : silent + STEP_BYTES;
      if (silent > MAX_SILENT_BYTES) throw new Error("no data within 1 MiB of a deflate stream");
      yield* given;
    }
  }
  inflater.push(new Uint8Array(0), true);
  yield* unpacked;
}
