import { badFile } from "../bad-file.ts";
import type { VectorFormat } from "../vector-format.ts";
import { isBinaryBody } from "./binary-body.ts";
import { boundRows, boundTextRows, countsHeader, parseCountsHeader, takeCountsHeader } from "./headers.ts";
import { readTextRows } from "./text-rows.ts";
import { textRowEncoder } from "./text-writer.ts";

/**
 * Text with a header line `V D`: word2vec's text form and fastText's `.vec`. A first line of two whole numbers is
 * always taken as the header, so headerless text of dimension 1 may need `format: "glove"`. One row more or less than
 * the header's is a warning (a published fastText file promises one row more than it holds); any other count is an
 * error, for a download that stopped between two lines shows in nothing else.
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
    const difference = `the header promises ${header.rows} rows, but the file has ${gate.fileRows}`;
    if (Math.abs(gate.fileRows - header.rows) > 1) {
      const likely = gate.fileRows < header.rows ? "it is truncated: fetch it again; " : "";
      throw badFile(
        `${difference}; ${likely}if its rows are right, make the first line "${gate.fileRows} ${header.dimension}"`,
        { file, line: 1 },
      );
    }
    gate.warn(difference);
  },
  encoder: () => ({ ...textRowEncoder, header: countsHeader }),
};
