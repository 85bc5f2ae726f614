import { badFile } from "../bad-file.ts";
import { createByteBuilder } from "../bytes/byte-builder.ts";
import { type InputMatrix, type MatrixSource, skip, type WantedRows } from "./input-matrix.ts";

/** Centroids of each part: one byte chooses among them. */
const CENTROIDS = 256;
/** Greatest width of a part that is believed (2 is usual): a damaged one would make vast rows of few codes. */
const MAX_PART_WIDTH = 256;

/** Rows kept as codes of a product quantiser. */
export interface QuantizedRows {
  /** Adds the row at a place of the wanted rows to `sum` [D], rounding as fastText does. */
  addTo(sum: Float32Array, slot: number): void;
}

interface Quantizer {
  readonly parts: number;
  readonly partWidth: number;
  readonly lastWidth: number;
  readonly centroids: Float32Array;
}

/**
 * Reads codes, quantiser and norms; only the codes of `wanted` (ascending rows) are kept.
 * @throws FormatError
 * @remarks fastText `QuantMatrix::load`, `ProductQuantizer::load`; Jégou et al. 2011, "Product quantization for nearest
 * neighbor search"; Joulin et al. 2016, "FastText.zip"
 */
export async function readQuantizedRows(
  source: MatrixSource,
  { rows, dimension, hasNorms }: InputMatrix,
  wanted: WantedRows,
): Promise<QuantizedRows> {
  const { fields, file } = source;
  const at = fields.offset;
  const codeSize = await fields.int32("the size of the codes");
  const parts = rows === 0 ? 0 : codeSize / rows;
  if (codeSize < 0 || !Number.isInteger(parts) || parts > dimension || (rows > 0 && parts < 1))
    throw badFile(`${codeSize} bytes of codes do not fit ${rows} rows of dimension ${dimension}`, { file, offset: at });
  fields.promise(codeSize, "the codes");
  const codes = await keepCodes(source, { parts, rows }, wanted);
  const quantizer = await readQuantizer(source, dimension, "the product quantiser");
  if (rows > 0 && quantizer.parts !== parts)
    throw badFile(`the quantiser has ${quantizer.parts} parts, but a row has ${parts} codes`, { file, offset: at });
  if (!hasNorms) return { addTo: (sum, slot) => addCodes(sum, quantizer, codes, { slot, scale: 1 }) };
  fields.promise(rows, "the norms");
  const normCodes = await keepCodes(source, { parts: 1, rows }, wanted);
  const norms = (await readQuantizer(source, 1, "the quantiser of norms")).centroids;
  return { addTo: (sum, slot) => addCodes(sum, quantizer, codes, { slot, scale: norms[normCodes[slot]] }) };
}

async function keepCodes(
  { window, fields }: MatrixSource,
  { parts, rows }: { readonly parts: number; readonly rows: number },
  wanted: WantedRows,
): Promise<Uint8Array> {
  const kept = createByteBuilder(1 << 12);
  let row = 0;
  const isAll = typeof wanted === "number";
  const count = isAll ? wanted : wanted.length;
  for (let slot = 0; slot < count; slot++) {
    const next = isAll ? slot : wanted[slot];
    await skip(window, fields, { count: (next - row) * parts, what: "the codes" });
    const view = await fields.take(parts, "the codes");
    kept.append(new Uint8Array(view.buffer, view.byteOffset, parts));
    row = next + 1;
  }
  await skip(window, fields, { count: (rows - row) * parts, what: "the codes" });
  return kept.take();
}

async function readQuantizer({ fields, file }: MatrixSource, dimension: number, what: string): Promise<Quantizer> {
  const at = fields.offset;
  const head = await fields.take(16, what);
  const [dim, parts, partWidth, lastWidth] = [0, 4, 8, 12].map((offset) => head.getInt32(offset, true));
  const isWhole =
    parts >= 1 &&
    partWidth >= 1 &&
    partWidth <= MAX_PART_WIDTH &&
    lastWidth >= 1 &&
    (parts - 1) * partWidth + lastWidth === dim;
  if (dim !== dimension || !isWhole)
    throw badFile(
      `${what} has dimension ${dim} in ${parts} parts of ${partWidth}, the last of ${lastWidth}; expected them to make up ${dimension}`,
      { file, offset: at },
    );
  const bytes = dim * CENTROIDS * 4;
  fields.promise(bytes, what);
  const view = await fields.take(bytes, what);
  const centroids = new Float32Array(dim * CENTROIDS);
  new Uint8Array(centroids.buffer).set(new Uint8Array(view.buffer, view.byteOffset, bytes));
  return { parts, partWidth, lastWidth, centroids };
}

/** The last part's centroids are narrower, where the dimension is no multiple of the part's width. */
function addCodes(
  sum: Float32Array,
  { parts, partWidth, lastWidth, centroids }: Quantizer,
  codes: Uint8Array,
  { slot, scale }: { readonly slot: number; readonly scale: number },
): void {
  for (let part = 0; part < parts; part++) {
    const isLast = part === parts - 1;
    const width = isLast ? lastWidth : partWidth;
    const first = part * CENTROIDS * partWidth + codes[slot * parts + part] * width;
    const at = part * partWidth;
    for (let index = 0; index < width; index++) sum[at + index] += Math.fround(scale * centroids[first + index]);
  }
}
