import { decodeWords, encodeWord } from "../bytes/word-codec.ts";
import { createIntList } from "../numbers/int-list.ts";
import type { LoadedVectors, ReadVectorsOptions, VectorFileInfo } from "../read-vectors.ts";
import { createRowBlocks } from "../row-blocks.ts";
import { createRowGate, type RowConsumer, type RowGate, type RowSelection } from "../row-gate.ts";
import { createTableBuilder } from "../table-builder.ts";
import type { FolderFiles } from "./layout.ts";
import { openStaticModel, type ReadFolderOptions } from "./read-static-model.ts";
import { checkTokens, readStaticTensors, type StaticTensors, type TokenTensors } from "./tensors.ts";

/** How to read a folder as a table of its tokens. */
export interface ReadFolderVectorsOptions
  extends RowSelection,
    ReadFolderOptions,
    Pick<ReadVectorsOptions, "dimension"> {}

/**
 * Reads a Model2Vec or sentence-transformers folder as a table with a row for each token, its weight multiplied in.
 * Selection and report are those of `readVectors`; a row of the "file" is a token id.
 * @throws FormatError BAD_VECTOR_FILE; ThawlineError ABORTED
 */
export async function readVectorsFolder(
  files: FolderFiles,
  options: ReadFolderVectorsOptions = {},
): Promise<LoadedVectors> {
  const table = createTableBuilder();
  const { info, gate } = await readRows(files, table, options);
  const { bytes, offsets } = gate.kept.content();
  return { ...info, words: decodeWords(bytes, offsets), data: table.data() };
}

/** Reads a folder's rows into `consumer`; see `readVectorsFolder`. */
export async function readVectorRowsFolder(
  files: FolderFiles,
  consumer: RowConsumer,
  options: ReadFolderVectorsOptions = {},
): Promise<VectorFileInfo> {
  return (await readRows(files, consumer, options)).info;
}

async function readRows(files: FolderFiles, consumer: RowConsumer, options: ReadFolderVectorsOptions) {
  const opened = await openStaticModel(files, options);
  const { source, tensors, vocabulary, layout, format } = opened;
  try {
    const { dimension, rows, table } = tensors;
    const gate = createRowGate(consumer, options, source.file);
    if (table.dtype === "I8" && !layout.normalize)
      gate.warn("the vectors are int8 without a scale, and the model does not normalise: their length has no meaning");
    const tokens = vocabulary.tokens.slice(0, gate.limit).map((token) => token && encodeWord(token));
    const wanted = createIntList();
    for (const [id, token] of tokens.entries()) if (token && gate.wants(token, 0, token.length)) wanted.push(id);
    const expected = source.size === undefined ? undefined : wanted.length;
    gate.headerSays(vocabulary.tokens.length);
    gate.begin({ dimension, maxRows: expected, expectedRows: () => expected });
    const held = createRowBlocks(dimension);
    let needed: Uint8Array | undefined;
    const perToken = await readStaticTensors(source, tensors, {
      before: (known) => {
        // Of a stream nobody knows whether it has the rows that its header promises: no room is made for them.
        if (!known.isMappingKnown || source.size === undefined) return;
        checkTokens(vocabulary.tokens.length, known, rows, source.file);
        needed = neededRows(wanted.values(), known, rows);
      },
      visit(row, values) {
        if (needed?.[row] === 0) return;
        const { block, start } = held.at(row);
        block.set(values, start);
      },
      drain: () => gate.drain(),
    });
    checkTokens(vocabulary.tokens.length, perToken, rows, source.file);
    await handOn({ gate, held, wanted: wanted.values(), tokens, perToken, tensors });
    while (gate.fileRows < vocabulary.tokens.length && !gate.isFull) gate.count();
    await gate.drain();
    const info = { format, compression: "none" as const, dimension, report: gate.report() };
    return { info, gate };
  } finally {
    await source.window.close();
  }
}

function neededRows(ids: Int32Array, { mapping }: TokenTensors, rows: number): Uint8Array {
  const needed = new Uint8Array(rows);
  for (const id of ids) needed[mapping?.[id] ?? id] = 1;
  return needed;
}

async function handOn(parts: {
  readonly gate: RowGate;
  readonly held: ReturnType<typeof createRowBlocks>;
  readonly wanted: Int32Array;
  readonly tokens: readonly (Uint8Array | "" | undefined)[];
  readonly perToken: TokenTensors;
  readonly tensors: StaticTensors;
}): Promise<void> {
  const { gate, held, wanted, tokens, tensors } = parts;
  const { mapping, weights } = parts.perToken;
  const values = new Float32Array(tensors.dimension);
  for (const [index, id] of wanted.entries()) {
    while (gate.fileRows < id) gate.count();
    const row = mapping?.[id] ?? id;
    const { block, start } = held.at(row);
    if (mapping === undefined) held.releaseBefore(id);
    const weight = weights?.[id] ?? 1;
    for (let at = 0; at < values.length; at++) values[at] = block[start + at] * weight;
    const word = tokens[id];
    if (word && gate.wants(word, 0, word.length))
      gate.accept(word, 0, word.length, values, { offset: tensors.offsetOf(row) });
    gate.count();
    if (index % 256 === 255) await gate.drain();
  }
}
