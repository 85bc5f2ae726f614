import { badFile } from "../bad-file.ts";
import type { VectorFormat } from "../vector-format.ts";
import { isBinaryBody } from "./binary-body.ts";
import { boundRows, boundTextRows, countsHeader, parseCountsHeader, takeCountsHeader } from "./headers.ts";
import { readTextRows } from "./text-rows.ts";
import { textRowEncoder } from "./text-writer.ts";

/**
 * Text with a header line `V D`: word2vec's text form and fastText's `.vec`. A first line of two whole numbers is
 * always taken as the header, so headerless text of dimension 1 may need `format: "glove"`. Another count of rows
 * than the header's is a warning (a published fastText file promises one row more than it holds).
 */
export const word2vecFormat: VectorFormat = {
  name: "word2vec",
  title: "word2vec text",
  extension: ".vec",
  detects: (head) => {
    const header = parseCountsHeader(head.bytes);
    return header !== undefined && !isBinaryBody(head, header.length, header.dimension, header.rows);
  },
  async read(context) {
    const { gate, file } = context;
    const header = await takeCountsHeader(context);
    gate.begin({
      dimension: header.dimension,
      maxRows: boundTextRows(context, header.dimension),
      expectedRows: () => boundRows(header.rows, context),
    });
    await readTextRows(context, {
      dimension: header.dimension,
      firstLine: 2,
      headerRows: header.rows,
      hasReturns: header.hasReturn,
    });
    if (gate.isFull || gate.fileRows === header.rows) return;
    if (gate.fileRows === 0)
      throw badFile(`the header promises ${header.rows} rows, but none follows`, { file, line: 1 });
    gate.warn(`the header promises ${header.rows} rows, but the file has ${gate.fileRows}`);
  },
  encoder: () => ({ ...textRowEncoder, header: countsHeader }),
};
