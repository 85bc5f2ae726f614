import { badFile } from "../bad-file.ts";
import { createFieldReader } from "../bytes/field-reader.ts";
import { readDictionary } from "../fasttext/dictionary.ts";
import { FASTTEXT_MAGIC, readSettings } from "../fasttext/header.ts";
import { readMatrixHeader } from "../fasttext/input-matrix.ts";
import { checkOutputMatrix } from "../fasttext/output-matrix.ts";
import { createChosenWords, planWords } from "../fasttext/word-plan.ts";
import { createWordRows } from "../fasttext/word-rows.ts";
import { readWordVectors } from "../fasttext/word-vectors.ts";
import type { VectorFormat } from "../vector-format.ts";

/**
 * A fastText model (`.bin`, quantised `.ftz`), versions 11 and 12, as a table of its words: each one's vector is the
 * mean of its own row and its n-grams', as fastText gives it. Labels are not words. `readFastText` also gives vectors
 * for other words, and the rows behind them.
 */
export const fastTextFormat: VectorFormat = {
  name: "fasttext",
  title: "fastText .bin",
  extension: undefined,
  detects: ({ bytes }) =>
    bytes.length >= 4 && new DataView(bytes.buffer, bytes.byteOffset, 4).getInt32(0, true) === FASTTEXT_MAGIC,
  async read(context) {
    const { window, gate, file, size } = context;
    const fields = createFieldReader(window, { file, size });
    const source = { window, fields, file };
    const settings = await readSettings(fields, file);
    if (context.dimension !== undefined && context.dimension !== settings.dim)
      throw badFile(`the model's dimension is ${settings.dim}, but dimension ${context.dimension} was asked for`, {
        file,
        offset: 8,
      });
    const chosen = createChosenWords();
    let id = 0;
    const dictionary = await readDictionary(window, fields, {
      file,
      visit(bytes, start, end) {
        if (id < gate.limit && gate.wants(bytes, start, end)) chosen.add(bytes, start, end, id);
        id++;
      },
    });
    gate.headerSays(dictionary.wordCount);
    const matrix = await readMatrixHeader(source, {
      dimension: settings.dim,
      wordCount: dictionary.wordCount,
      isPruned: dictionary.pruned !== undefined,
    });
    const rows = size === undefined ? undefined : chosen.count;
    gate.begin({ dimension: settings.dim, maxRows: rows, expectedRows: () => rows });
    const plan = planWords(chosen, createWordRows(dictionary, settings), matrix, file);
    const vectorOf = await readWordVectors(source, matrix, plan, { drain: () => gate.drain() });
    // A limit is there to read little.
    if (!Number.isFinite(gate.limit)) await checkOutputMatrix(source, matrix, { size });
    for (let index = 0; index < chosen.count; index++) {
      while (gate.fileRows < chosen.idOf(index)) gate.count();
      const word = chosen.bytesOf(index);
      const vector = vectorOf(index);
      if (gate.wants(word, 0, word.length)) gate.accept(word, 0, word.length, vector, { offset: matrix.offset });
      gate.count();
      if (index % 256 === 255) await gate.drain();
    }
    while (gate.fileRows < dictionary.wordCount && !gate.isFull) gate.count();
    await gate.drain();
  },
};
