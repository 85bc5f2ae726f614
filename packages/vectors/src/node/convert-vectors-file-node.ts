import type { VectorFileInfo } from "../read-vectors.ts";
import type { VectorWriter, WriteReport } from "../write-vectors.ts";
import { type FileHash, type ReadVectorsFileOptions, readVectorRowsFile } from "./read-vectors-file-node.ts";
import { type WriteVectorsFileOptions, writeVectorRowsFile } from "./write-vectors-file-node.ts";

/** How to convert; the signal of `read` ends both. */
export interface ConvertVectorsOptions {
  readonly read?: ReadVectorsFileOptions;
  readonly write?: WriteVectorsFileOptions;
}

/**
 * Converts a vector file, row by row: memory does not grow with the table, but for the words (seen ones are kept, to
 * find duplicates). The output is there whole or not at all.
 * @throws as `readVectorsFile` and `writeVectorsFile`
 */
export async function convertVectorsFile(
  input: string,
  output: string,
  options: ConvertVectorsOptions = {},
): Promise<{ readonly input: VectorFileInfo & FileHash; readonly output: WriteReport }> {
  let info: (VectorFileInfo & FileHash) | undefined;
  const report = await writeVectorRowsFile(output, options.write ?? {}, async (open) => {
    let writer: VectorWriter | undefined;
    info = await readVectorRowsFile(
      input,
      {
        begin: ({ dimension }) => void (writer = open(dimension)),
        row: (values, word) => writer?.writeRow(word, values),
        drain: async () => writer?.drain(),
      },
      options.read,
    );
  });
  return { input: info!, output: report };
}
