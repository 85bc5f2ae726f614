import { badFile } from "../bad-file.ts";
import { type ByteSource, streamChunks } from "../bytes/byte-source.ts";
import { type RandomAccess, readDirectory } from "./directory.ts";
import { inflate } from "./inflate.ts";
import type { ZipArchive, ZipEntry } from "./zip-archive.ts";

const LOCAL_HEADER = 0x04034b50;
const LOCAL_HEADER_BYTES = 30;

interface Sliceable extends RandomAccess {
  stream(start: number, end: number): AsyncIterable<Uint8Array>;
}

/**
 * Opens an archive that is a Blob or in memory. Its directory stands at its end, so a stream will not do.
 * @throws FormatError BAD_VECTOR_FILE
 */
export async function openArchive(source: ByteSource, file: string | undefined): Promise<ZipArchive> {
  const access = sliceable(source);
  if (access === undefined)
    throw badFile(
      "a zip archive cannot be read from a stream, nor within another archive, for its directory stands at its end; pass it as a Blob (`await new Response(stream).blob()`) or as a file of its own",
      { file, offset: 0 },
    );
  return {
    entries: await readDirectory(access, file),
    open: (entry) => readEntry(access, entry, file),
  };
}

async function* readEntry(
  access: Sliceable,
  { offset, compressedSize, method }: ZipEntry,
  file: string | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  const head = await access.read(offset, LOCAL_HEADER_BYTES);
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  if (head.length < LOCAL_HEADER_BYTES || view.getUint32(0, true) !== LOCAL_HEADER)
    throw badFile("the zip entry is not where the directory says; the archive is damaged: fetch it again", {
      file,
      offset,
    });
  const start = offset + LOCAL_HEADER_BYTES + view.getUint16(26, true) + view.getUint16(28, true);
  const packed = access.stream(start, start + compressedSize);
  yield* method === 0 ? packed : inflate(packed);
}

function sliceable(source: ByteSource): Sliceable | undefined {
  if (source instanceof ArrayBuffer) return sliceable(new Uint8Array(source));
  if (source instanceof Uint8Array)
    return {
      size: source.length,
      read: async (offset, length) => source.subarray(offset, offset + length),
      async *stream(start, end) {
        yield source.subarray(start, end);
      },
    };
  if (typeof Blob === "undefined" || !(source instanceof Blob)) return undefined;
  return {
    size: source.size,
    read: async (offset, length) => new Uint8Array(await source.slice(offset, offset + length).arrayBuffer()),
    stream: (start, end) => streamChunks(source.slice(start, end).stream()),
  };
}
