import { ThawlineError } from "@thawline/core";
import type { VectorFileInfo } from "../read-vectors.ts";
import type { VectorWriter, WriteReport } from "../write-vectors.ts";
import {
  type FileHash,
  type ReadVectorsFileOptions,
  readVectorRowsFile,
  readVectorsFile,
} from "./read-vectors-file-node.ts";
import { type WriteVectorsFileOptions, writeVectorRowsFile } from "./write-vectors-file-node.ts";

/** How to convert; the signal of `read` ends both. */
export interface ConvertVectorsOptions {
  readonly read?: ReadVectorsFileOptions;
  readonly write?: WriteVectorsFileOptions;
}

/**
 * Converts a vector file, row by row: memory does not grow with the table, but for the words (seen ones are kept, to
 * find duplicates). The output is there whole or not at all. `-` is stdin and stdout.
 * @throws as `readVectorsFile` and `writeVectorsFile`; ThawlineError NO_VOCABULARY_OVERLAP where words are wanted and
 * none of them is there
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
    const { loadedRows, nonFiniteRows } = info.report;
    const wanted = options.read?.wanted;
    if (wanted !== undefined && loadedRows + nonFiniteRows.count === 0)
      throw noneThere(wanted, await sampleWords(input, options.read!), info);
  });
  return { input: info!, output: report };
}

const SAMPLE_ROWS = 5;

/** The first words of the file; none where it cannot be read again. */
async function sampleWords(
  input: string,
  { wanted: _, onProgress: __, hash: ___, ...options }: ReadVectorsFileOptions,
) {
  if (input === "-" || input.startsWith("-#")) return [];
  const first = await readVectorsFile(input, { ...options, nonFinite: "skip", limit: SAMPLE_ROWS });
  return first.words;
}

/** Nothing would be written: lower-case words, say, were looked for in a table that is not. */
function noneThere(wanted: ReadonlySet<string>, sample: readonly string[], { report }: VectorFileInfo): ThawlineError {
  const list = (words: Iterable<string>) =>
    [...words]
      .slice(0, SAMPLE_ROWS)
      .map((word) => JSON.stringify(word))
      .join(", ");
  const looked = `none of the ${wanted.size} words wanted (${list(wanted)}${wanted.size > SAMPLE_ROWS ? ", …" : ""})`;
  const found = sample.length === 0 ? "" : `; its words begin ${list(sample)}`;
  return new ThawlineError("NO_VOCABULARY_OVERLAP", `${looked} is among the ${report.fileRows} rows read${found}`);
}
