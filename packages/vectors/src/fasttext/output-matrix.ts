import { badFile } from "../bad-file.ts";
import { type InputMatrix, MAX_ROWS, type MatrixSource, skip } from "./input-matrix.ts";
import { readQuantizedRows } from "./quantized-rows.ts";

/**
 * Makes sure that the model goes on to its end behind the input matrix: what is cut there was once whole, and its rows
 * may be of an unfinished download. Reads on to the output matrix, and over it only where the file's size does not tell
 * whether it is there.
 * @throws FormatError with the offset where the file ends before
 * @remarks fastText `FastText::loadModel`: a dense input matrix goes with a dense output matrix
 */
export async function checkOutputMatrix(
  source: MatrixSource,
  input: InputMatrix,
  { size }: { readonly size: number | undefined },
): Promise<void> {
  const { window, fields, file } = source;
  const inputBytes = input.rows * input.dimension * 4;
  if (!input.isQuantized)
    await skip(window, fields, { count: input.offset + inputBytes - fields.offset, what: "the input matrix" });
  const isQuantized = (await fields.flag("the output's quantisation flag")) && input.isQuantized;
  const hasNorms = isQuantized && (await fields.flag("the output's norm flag"));
  const at = fields.offset;
  const rows = await fields.int64("the number of the output's rows");
  const dimension = await fields.int64("the number of the output's columns");
  if (dimension !== input.dimension || rows < 0 || rows > MAX_ROWS)
    throw badFile(
      `the output matrix is ${rows} × ${dimension} in a model of dimension ${input.dimension}; the file is damaged`,
      { file, offset: at },
    );
  if (isQuantized) {
    await readQuantizedRows(source, { rows, dimension, isQuantized, hasNorms, offset: fields.offset }, 0);
    return;
  }
  const bytes = rows * dimension * 4;
  fields.promise(bytes, "the output matrix");
  if (size === undefined) await skip(window, fields, { count: bytes, what: "the output matrix" });
}
