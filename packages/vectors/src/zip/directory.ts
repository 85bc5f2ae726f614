import { badFile } from "../bad-file.ts";
import { MAX_ENTRIES, type ZipEntry } from "./zip-archive.ts";

/** Bytes that can be read anywhere, as a browser's Blob can. */
export interface RandomAccess {
  readonly size: number;
  /** Fresh or borrowed; shorter where the bytes end before. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

const END = 0x06054b50;
const END_64 = 0x06064b50;
const LOCATOR_64 = 0x07064b50;
const ENTRY = 0x02014b50;
const END_BYTES = 22;
const LOCATOR_BYTES = 20;
const ENTRY_BYTES = 46;
const MAX_COMMENT = 0xffff;
const MAX_DIRECTORY_BYTES = 64 << 20;
const UNKNOWN_32 = 0xffffffff;

/** Where the directory stands. */
interface DirectoryPlace {
  readonly offset: number;
  readonly length: number;
  readonly count: number;
}

/**
 * Lists the entries of a zip archive by the directory at its end, zip64 ones too.
 * @throws FormatError with the byte offset of what is wrong
 * @remarks APPNOTE.TXT 6.3.10, sections 4.3.12 to 4.3.16 and 4.5.3. fflate reads archives too, but tells neither an
 * entry's checksum nor whether it is encrypted.
 */
export async function readDirectory(source: RandomAccess, file: string | undefined): Promise<readonly ZipEntry[]> {
  const { offset, length, count } = await findDirectory(source, file);
  const bytes = await source.read(offset, length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries: ZipEntry[] = [];
  for (let at = 0; entries.length < count; ) {
    const fits = at + ENTRY_BYTES <= view.byteLength && view.getUint32(at, true) === ENTRY;
    const end = fits
      ? at + ENTRY_BYTES + view.getUint16(at + 28, true) + view.getUint16(at + 30, true) + view.getUint16(at + 32, true)
      : Number.POSITIVE_INFINITY;
    if (end > view.byteLength)
      throw damaged(`the directory ends in entry ${entries.length + 1} of ${count}`, offset + at, file);
    entries.push(readEntry(view, at, { file, base: offset, fileSize: source.size }));
    at = end;
  }
  return entries;
}

async function findDirectory(source: RandomAccess, file: string | undefined): Promise<DirectoryPlace> {
  const tailStart = Math.max(0, source.size - END_BYTES - MAX_COMMENT - LOCATOR_BYTES);
  const tail = await source.read(tailStart, source.size - tailStart);
  const view = new DataView(tail.buffer, tail.byteOffset, tail.byteLength);
  let at = view.byteLength - END_BYTES;
  while (
    at >= 0 &&
    !(view.getUint32(at, true) === END && at + END_BYTES + view.getUint16(at + 20, true) <= tail.length)
  )
    at--;
  if (at < 0)
    throw badFile("the zip archive has no directory at its end; it is truncated: fetch it again", {
      file,
      offset: source.size,
    });
  const hasLocator = at >= LOCATOR_BYTES && view.getUint32(at - LOCATOR_BYTES, true) === LOCATOR_64;
  const place = hasLocator
    ? await readEnd64(source, Number(view.getBigUint64(at - LOCATOR_BYTES + 8, true)), file)
    : {
        offset: view.getUint32(at + 16, true),
        length: view.getUint32(at + 12, true),
        count: view.getUint16(at + 10, true),
        disk: view.getUint16(at + 4, true),
      };
  const { offset, length, count, disk } = place;
  const where = tailStart + at;
  if (disk !== 0) throw badFile("the zip archive is one part of several; join them first", { file, offset: where });
  if (offset + length > where) throw damaged("the directory does not fit before its end", where, file);
  if (length > MAX_DIRECTORY_BYTES || count > MAX_ENTRIES || count * ENTRY_BYTES > length)
    throw damaged(`the directory is said to hold ${count} entries in ${length} bytes`, where, file);
  return place;
}

async function readEnd64(source: RandomAccess, offset: number, file: string | undefined) {
  const bytes = offset <= source.size - 56 ? await source.read(offset, 56) : new Uint8Array(0);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 56 || view.getUint32(0, true) !== END_64)
    throw damaged("the zip64 directory's end is not where it should be", Math.min(offset, source.size), file);
  return {
    offset: Number(view.getBigUint64(48, true)),
    length: Number(view.getBigUint64(40, true)),
    count: Number(view.getBigUint64(32, true)),
    disk: view.getUint32(16, true),
  };
}

/** What the directory has of one file at `at`; sizes of zip64 are in its extra field. */
function readEntry(
  view: DataView,
  at: number,
  { file, base, fileSize }: { readonly file: string | undefined; readonly base: number; readonly fileSize: number },
): ZipEntry {
  const flags = view.getUint16(at + 8, true);
  const nameLength = view.getUint16(at + 28, true);
  const name = new Uint8Array(view.buffer, view.byteOffset + at + ENTRY_BYTES, nameLength);
  let extra = extraField64(view, at + ENTRY_BYTES + nameLength, view.getUint16(at + 30, true));
  const wide = (value: number): number => {
    if (value !== UNKNOWN_32 || extra === undefined) return value;
    if (extra.byteLength < 8) throw damaged("a zip64 field is too short", base + at, file);
    const result = Number(extra.getBigUint64(0, true));
    extra = new DataView(extra.buffer, extra.byteOffset + 8, extra.byteLength - 8);
    return result;
  };
  // In the order in which the extra field has them.
  const size = wide(view.getUint32(at + 24, true));
  const compressedSize = wide(view.getUint32(at + 20, true));
  const offset = wide(view.getUint32(at + 42, true));
  if (!(offset + compressedSize <= fileSize) || !Number.isSafeInteger(size))
    throw damaged("an entry lies beyond the end of the file", base + at, file);
  return {
    name: decodeName(name, (flags & 0x800) !== 0),
    method: view.getUint16(at + 10, true),
    isEncrypted: (flags & 0x41) !== 0,
    compressedSize,
    size,
    crc32: view.getUint32(at + 16, true),
    offset,
  };
}

/** The zip64 field (id 1) among the extra fields. */
function extraField64(view: DataView, start: number, length: number): DataView | undefined {
  for (let at = start; at + 4 <= start + length; ) {
    const size = view.getUint16(at + 2, true);
    if (at + 4 + size > start + length) return undefined;
    if (view.getUint16(at, true) === 1) return new DataView(view.buffer, view.byteOffset + at + 4, size);
    at += 4 + size;
  }
  return undefined;
}

/** UTF-8 where the flag says so; else each byte is a character, as good as any guess at the maker's code page. */
function decodeName(bytes: Uint8Array, isUtf8: boolean): string {
  return isUtf8 ? new TextDecoder().decode(bytes) : String.fromCharCode(...bytes);
}

function damaged(problem: string, offset: number, file: string | undefined) {
  return badFile(`${problem}; the zip archive is damaged: fetch it again`, { file, offset });
}
