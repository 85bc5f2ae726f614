import { randomBytes } from "node:crypto";
import { open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createGzip, type Gzip } from "node:zlib";
import { ThawlineError } from "@thawline/core";
import { formatOfPath } from "../format-of-path.ts";
import type { VectorTable } from "../read-vectors.ts";
import type { WritableFormatName } from "../vector-format.ts";
import {
  type ByteOutput,
  type ByteSpool,
  openVectorWriter,
  type VectorWriter,
  type WriteReport,
  type WriteVectorsOptions,
  writeVectors,
} from "../write-vectors.ts";
import { failed, temporaryBeside, type WriteChunk, writeFileAtomically } from "./atomic-file-node.ts";

/** `WriteVectorsOptions` for a file; what is left out, its name decides. */
export interface WriteVectorsFileOptions extends Omit<WriteVectorsOptions, "format" | "words"> {
  /** By default what the extension says: `.txt`, `.vec`, `.bin`, `.safetensors`, `.npy`. */
  readonly format?: WritableFormatName;
  /** By default whether the name ends in `.gz`. */
  readonly gzip?: boolean;
}

/**
 * Writes a table to a file, whole or not at all (see `writeFileAtomically`), or to stdout for `-`, which needs a format
 * and takes any but `.npy` (whose words need a file of their own).
 * @throws ThawlineError OUTPUT_FAILED, ABORTED; RangeError where neither option nor extension names a format
 */
export async function writeVectorsFile(
  path: string,
  table: VectorTable,
  options: WriteVectorsFileOptions = {},
): Promise<WriteReport> {
  const settings = { ...options, format: chooseFormat(path, options) };
  return withWordsFile(path, settings.format, (words) =>
    writeCompressed(path, options, (output) => writeVectors(output, table, { ...settings, ...words })),
  );
}

/**
 * Writes rows as they come: `produce` is given the function that opens the writer, once it knows the dimension, and
 * returns when all rows are written. Rows that wait for a header wait in a temporary file. Throws as `writeVectorsFile`.
 */
export async function writeVectorRowsFile(
  path: string,
  options: WriteVectorsFileOptions,
  produce: (open: (dimension: number) => VectorWriter) => Promise<void>,
): Promise<WriteReport> {
  const format = chooseFormat(path, options);
  const spool = fileSpool(path);
  try {
    return await withWordsFile(path, format, (words) =>
      writeCompressed(path, options, async (output) => {
        let writer: VectorWriter | undefined;
        const settings = { ...options, ...words, format, spool };
        await produce((dimension) => (writer = openVectorWriter(output, { ...settings, dimension })));
        if (writer === undefined) throw new TypeError("produce must open the writer");
        return writer.finish();
      }),
    );
  } finally {
    await spool.remove();
  }
}

/** Where the words of a `.npy` array are written: beside it, `vectors.npy` has `vectors.words.txt`. */
export function wordsPathOf(path: string): string {
  return `${path.replace(/\.gz$/i, "").replace(/\.npy$/i, "")}.words.txt`;
}

/** Gives a format whose words stand apart a file for them, which comes into being after the array's. */
function withWordsFile<T>(
  path: string,
  format: WritableFormatName,
  produce: (options: { readonly words?: ByteOutput }) => Promise<T>,
): Promise<T> {
  if (format === "npy" && path === "-")
    throw new ThawlineError("OUTPUT_FAILED", "the words of a .npy array need a file beside it; write it to a file");
  return format === "npy"
    ? writeFileAtomically(wordsPathOf(path), (write) => produce({ words: { write } }))
    : produce({});
}

function chooseFormat(path: string, { format }: WriteVectorsFileOptions): WritableFormatName {
  const chosen = format ?? formatOfPath(path).format;
  if (chosen === undefined)
    throw new RangeError(
      `the extension of "${path}" names no format; use .txt, .vec, .bin, .npy or .safetensors (and .gz behind it), or say which format`,
    );
  return chosen;
}

/** Writes a file whole or not at all, through gzip where the options or the name ask for it. */
export function writeCompressed<T>(
  path: string,
  options: Pick<WriteVectorsFileOptions, "gzip">,
  produce: (output: ByteOutput) => Promise<T>,
): Promise<T> {
  const gzip = options.gzip ?? formatOfPath(path).gzip;
  const withOutput = path === "-" ? writeToStdout : (work: Produce<T>) => writeFileAtomically(path, work);
  return withOutput(async (write) => {
    if (!gzip) return produce({ write });
    const packer = createGzip();
    const written = forward(packer, write);
    // Awaited below; meanwhile a failure must not count as unhandled.
    written.catch(() => {});
    try {
      const result = await produce({ write: (chunk) => Promise.race([writeInto(packer, chunk), written]) });
      packer.end();
      await written;
      return result;
    } finally {
      packer.destroy();
    }
  });
}

type Produce<T> = (write: WriteChunk) => Promise<T>;

/** Each chunk is awaited, so that a slow reader holds the work up and a closed pipe ends it. */
function writeToStdout<T>(produce: Produce<T>): Promise<T> {
  return produce(
    (chunk) =>
      new Promise((resolve, reject) => {
        // A copy: the stream may hold it back, and the chunk is borrowed.
        process.stdout.write(new Uint8Array(chunk), (cause) => {
          if (cause === null || cause === undefined) resolve();
          else reject(new ThawlineError("OUTPUT_FAILED", `cannot write to stdout: ${cause.message}`, { cause }));
        });
      }),
  );
}

async function forward(packer: Gzip, write: WriteChunk): Promise<void> {
  for await (const chunk of packer) await write(chunk);
}

function writeInto(packer: Gzip, chunk: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    packer.write(chunk, (error) =>
      error ? reject(new ThawlineError("OUTPUT_FAILED", "compression failed", { cause: error })) : resolve(),
    );
  });
}

/**
 * A spool in a temporary file beside the output, made with the first write. It loses its name at once, so that nothing
 * is left however the process ends.
 */
function fileSpool(path: string): ByteSpool & { remove(): Promise<void> } {
  const name =
    path === "-"
      ? join(tmpdir(), `thawline-${process.pid}-${randomBytes(8).toString("hex")}.tmp`)
      : temporaryBeside(path);
  let opening: ReturnType<typeof open> | undefined;
  const create = async () => {
    const handle = await open(name, "wx+", 0o600);
    await rm(name, { force: true }).catch(() => {});
    return handle;
  };
  return {
    async write(chunk) {
      opening ??= create();
      await opening.then((handle) => handle.writeFile(chunk)).catch(failed(path));
    },
    async *read() {
      const handle = await opening;
      for (let position = 0; handle !== undefined; ) {
        const { bytesRead, buffer } = await handle
          .read(new Uint8Array(1 << 18), 0, 1 << 18, position)
          .catch(failed(path));
        if (bytesRead === 0) return;
        yield buffer.subarray(0, bytesRead);
        position += bytesRead;
      }
    },
    async remove() {
      const handle = await opening?.catch(() => undefined);
      await handle?.close();
      await rm(name, { force: true });
    },
  };
}
