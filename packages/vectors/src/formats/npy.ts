import { badFile } from "../bad-file.ts";
import { createFieldReader, type FieldReader } from "../bytes/field-reader.ts";
import { encodeNpyHeader, NPY_MAGIC, type NpyHeader, type NpyKind, readNpyHeader } from "../npy/header.ts";
import type { WordList } from "../npy/words.ts";
import { float16Table } from "../numbers/float16.ts";
import { createIntList } from "../numbers/int-list.ts";
import { createRowBlocks } from "../row-blocks.ts";
import type { ReadContext, VectorFormat } from "../vector-format.ts";
import { encodeValues, valueBytes } from "./encode-values.ts";
import { checkDimension } from "./headers.ts";

/**
 * A NumPy array [V, D] of float16, float32 or float64 in either order and either byte order, with its words apart: one
 * a line, as many as rows. Written as `numpy.save` does, little-endian in C order.
 */
export const npyFormat: VectorFormat = {
  name: "npy",
  title: "NumPy .npy",
  extension: ".npy",
  detects: ({ bytes }) => NPY_MAGIC.every((byte, at) => bytes[at] === byte),
  async read(context) {
    const { window, gate, file, size } = context;
    const fields = createFieldReader(window, { file, size });
    const header = await readNpyHeader(fields, file);
    const { rows, columns, kind } = header;
    checkDimension(columns, { file, offset: 10 });
    if (context.dimension !== undefined && context.dimension !== columns)
      throw badFile(`the array has ${columns} columns, but dimension ${context.dimension} was asked for`, {
        file,
        offset: 10,
      });
    checkSize(rows * columns * kindBytes[kind], fields, context);
    const isOurs = header.isLittleEndian && !header.isFortranOrder;
    context.storedAs(isOurs && kind === "f4" ? "f32" : isOurs && kind === "f2" ? "f16" : undefined);
    const words = await context.words();
    if (words.count !== rows)
      throw badFile(
        `there are ${words.count} words for the array's ${rows} rows; each row needs one line of the words' file`,
        {
          file,
          offset: 10,
        },
      );
    gate.headerSays(rows);
    gate.begin({
      dimension: columns,
      maxRows: size === undefined ? undefined : rows,
      expectedRows: () => (size === undefined ? undefined : rows),
    });
    if (header.isFortranOrder) await readColumns(context, fields, { header, words });
    else await readRows(context, fields, { header, words });
    if (!gate.isFull && (await window.need(1)))
      throw badFile("bytes follow the array; the file is damaged", { file, offset: fields.offset });
    await gate.drain();
  },
  encoder: ({ dtype }) => ({
    listsWords: true,
    header: ({ rows, dimension }) => encodeNpyHeader(dtype === "f16" ? "f2" : "f4", rows, dimension),
    refuses: (word) =>
      word.includes(0x0a) || word.at(-1) === 0x0d ? "the words' file has one word a line" : undefined,
    encode(into, _word, values) {
      encodeValues(into, values, dtype);
    },
  }),
};

const kindBytes: { readonly [K in NpyKind]: number } = { f2: valueBytes.f16, f4: valueBytes.f32, f8: 8 };

function checkSize(bytes: number, fields: FieldReader, { size, file }: ReadContext): void {
  fields.promise(bytes, "the array");
  if (size === undefined || fields.offset + bytes === size) return;
  throw badFile(`the array has ${bytes} bytes, but ${size - fields.offset} follow; the file is damaged`, {
    file,
    offset: fields.offset + bytes,
  });
}

type Decode = (view: DataView, at: number) => number;

function decoderOf({ kind, isLittleEndian }: NpyHeader): Decode {
  if (kind === "f4") return (view, at) => view.getFloat32(at, isLittleEndian);
  if (kind === "f8") return (view, at) => view.getFloat64(at, isLittleEndian);
  const table = float16Table();
  return (view, at) => table[view.getUint16(at, isLittleEndian)];
}

interface Parts {
  readonly header: NpyHeader;
  readonly words: WordList;
}

async function readRows({ gate, window }: ReadContext, fields: FieldReader, { header, words }: Parts): Promise<void> {
  const { rows, columns } = header;
  const decode = decoderOf(header);
  const bytes = kindBytes[header.kind];
  const values = new Float32Array(columns);
  for (let row = 0; row < rows && !gate.isFull; row++) {
    const { offset } = fields;
    if (window.end - window.start < columns * bytes) await gate.drain();
    const view = await fields.take(columns * bytes, `row ${row + 1} of ${rows}`);
    if (gate.wants(words.bytes, words.offsets[row], words.offsets[row + 1])) {
      for (let column = 0; column < columns; column++) values[column] = decode(view, column * bytes);
      gate.accept(words.bytes, words.offsets[row], words.offsets[row + 1], values, {
        offset,
        valuesOffset: offset,
      });
    }
    gate.count();
  }
}

/** Column by column: the rows wanted are held until the last column is there. */
async function readColumns({ gate }: ReadContext, fields: FieldReader, { header, words }: Parts): Promise<void> {
  const { rows, columns } = header;
  const decode = decoderOf(header);
  const bytes = kindBytes[header.kind];
  const { offset } = fields;
  const chosen = createIntList();
  for (let row = 0; row < Math.min(rows, gate.limit); row++)
    if (gate.wants(words.bytes, words.offsets[row], words.offsets[row + 1])) chosen.push(row);
  const wanted = chosen.values();
  const held = createRowBlocks(columns);
  const strip = Math.max(1, Math.floor((1 << 16) / bytes));
  for (let column = 0; column < columns; column++) {
    let slot = 0;
    for (let first = 0; first < rows; first += strip) {
      const count = Math.min(strip, rows - first);
      await gate.drain();
      const view = await fields.take(count * bytes, `column ${column + 1} of ${columns}`);
      for (; slot < wanted.length && wanted[slot] < first + count; slot++) {
        const { block, start } = held.at(slot);
        block[start + column] = decode(view, (wanted[slot] - first) * bytes);
      }
    }
  }
  for (let slot = 0; slot < wanted.length; slot++) {
    const row = wanted[slot];
    while (gate.fileRows < row) gate.count();
    const { block, start } = held.at(slot);
    held.releaseBefore(slot);
    if (gate.wants(words.bytes, words.offsets[row], words.offsets[row + 1]))
      gate.accept(words.bytes, words.offsets[row], words.offsets[row + 1], block.subarray(start, start + columns), {
        offset: offset + row * bytes,
      });
    gate.count();
    if (slot % 256 === 255) await gate.drain();
  }
  while (gate.fileRows < rows && !gate.isFull) gate.count();
}
