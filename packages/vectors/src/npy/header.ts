import { badFile } from "../bad-file.ts";
import type { FieldReader } from "../bytes/field-reader.ts";

/** Element types that can be read, as NumPy names them without the byte order. */
export type NpyKind = "f2" | "f4" | "f8";

/** A .npy file's header. */
export interface NpyHeader {
  readonly kind: NpyKind;
  readonly isLittleEndian: boolean;
  readonly isFortranOrder: boolean;
  readonly rows: number;
  readonly columns: number;
}

/** NumPy itself refuses longer ones unless told otherwise (10,000). */
const MAX_HEADER_BYTES = 1 << 16;
export const NPY_MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/**
 * Reads magic, version and header.
 * @throws FormatError for what is no 2-dimensional array of float16, float32 or float64
 * @remarks NumPy `numpy.lib.format`: u16 header length in version 1, u32 in 2 and 3; a Python dictionary of `descr`,
 * `fortran_order` and `shape`
 */
export async function readNpyHeader(fields: FieldReader, file: string | undefined): Promise<NpyHeader> {
  const start = await fields.take(8, "the .npy magic");
  const version = start.getUint8(6);
  if (!NPY_MAGIC.every((byte, at) => start.getUint8(at) === byte))
    throw badFile("expected a NumPy .npy array to begin with \\x93NUMPY", { file, offset: 0 });
  if (version < 1 || version > 3)
    throw badFile(`.npy version ${version} is not known; 1 to 3 are read`, { file, offset: 6 });
  const length =
    version === 1
      ? (await fields.take(2, "the header length")).getUint16(0, true)
      : (await fields.take(4, "the header length")).getUint32(0, true);
  const offset = fields.offset;
  if (length > MAX_HEADER_BYTES)
    throw badFile(`the .npy header has ${length} bytes; at most ${MAX_HEADER_BYTES} are allowed`, { file, offset: 8 });
  const view = await fields.take(length, "the header");
  const text = new TextDecoder("latin1").decode(new Uint8Array(view.buffer, view.byteOffset, length));
  return parseDictionary(text, (message) => badFile(`.npy header: ${message}`, { file, offset }));
}

function parseDictionary(text: string, fail: (message: string) => Error): NpyHeader {
  const body = /^\s*\{(.*)\}\s*$/s.exec(text)?.[1];
  if (body === undefined) throw fail(`expected a dictionary, got ${JSON.stringify(text.slice(0, 60))}`);
  const entries = new Map<string, string>();
  const pattern = /\s*(['"])(\w+)\1\s*:\s*('[^']*'|"[^"]*"|True|False|\([\d,\sL]*\)|\[[^\]]*\])\s*(?:,|$)/gy;
  let end = 0;
  for (let match = pattern.exec(body); match !== null; match = pattern.exec(body)) {
    if (entries.has(match[2])) throw fail(`the key ${match[2]} stands there twice`);
    entries.set(match[2], match[3]);
    end = pattern.lastIndex;
  }
  if (body.slice(end).trim() !== "" || entries.size !== 3)
    throw fail(`expected descr, fortran_order and shape, got ${JSON.stringify(body.trim().slice(0, 80))}`);
  const descr = /^['"]([<>|=])(\w+)['"]$/.exec(entries.get("descr") ?? "");
  const order = entries.get("fortran_order");
  const shape = /^\(\s*(\d{1,15})L?\s*,\s*(\d{1,15})L?\s*,?\s*\)$/.exec(entries.get("shape") ?? "");
  if (descr === null || !isKind(descr[2]) || descr[1] === "|")
    throw fail(`the element type is ${entries.get("descr")}; float16, float32 and float64 are read`);
  if (order !== "True" && order !== "False") throw fail("fortran_order must be True or False");
  if (shape === null) throw fail(`the shape is ${entries.get("shape")}; expected rows and columns`);
  return {
    kind: descr[2],
    isLittleEndian: descr[1] !== ">",
    isFortranOrder: order === "True",
    rows: Number(shape[1]),
    columns: Number(shape[2]),
  };
}

function isKind(name: string): name is NpyKind {
  return name === "f2" || name === "f4" || name === "f8";
}

/** NumPy leaves room for this many digits of the first extent, so that an array can grow in place. */
const GROWTH_DIGITS = 21;

/** The header that `numpy.save` writes (since 1.24) for rows in C order. */
export function encodeNpyHeader(kind: NpyKind, rows: number, columns: number): Uint8Array {
  const dictionary = `{'descr': '<${kind}', 'fortran_order': False, 'shape': (${rows}, ${columns}), }`;
  const room = " ".repeat(Math.max(0, GROWTH_DIGITS - String(rows).length));
  const unpadded = dictionary.length + room.length + 10 + 1;
  const text = `${dictionary}${room}${" ".repeat(Math.ceil(unpadded / 64) * 64 - unpadded)}\n`;
  const bytes = new Uint8Array(10 + text.length);
  bytes.set(NPY_MAGIC);
  bytes[6] = 1;
  new DataView(bytes.buffer).setUint16(8, text.length, true);
  bytes.set(new TextEncoder().encode(text), 10);
  return bytes;
}
