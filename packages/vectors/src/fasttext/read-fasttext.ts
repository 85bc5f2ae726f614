import { badFile } from "../bad-file.ts";
import { createByteIndex } from "../bytes/byte-index.ts";
import type { ByteSource } from "../bytes/byte-source.ts";
import { createFieldReader } from "../bytes/field-reader.ts";
import { decodeWords, encodeWord } from "../bytes/word-codec.ts";
import { createIntList } from "../numbers/int-list.ts";
import { openWindow } from "../open-window.ts";
import type { ReadVectorsOptions } from "../read-vectors.ts";
import { createRowSet, type RowSet } from "../row-set.ts";
import { createTableBuilder } from "../table-builder.ts";
import { evenly, joinLookUps } from "../word-look-up.ts";
import { type FastTextDictionary, readDictionary } from "./dictionary.ts";
import type { FastTextModel } from "./fasttext-model.ts";
import { type FastTextSettings, readSettings } from "./header.ts";
import { type InputMatrix, type MatrixSource, readMatrixHeader, visitDenseRows } from "./input-matrix.ts";
import { checkOutputMatrix } from "./output-matrix.ts";
import { readQuantizedRows } from "./quantized-rows.ts";
import type { SubwordTable } from "./subword-look-up.ts";
import { createWordRows, type WordRows } from "./word-rows.ts";
import { addRow, scaleByCount } from "./word-vectors.ts";

/** How to read a model. */
export interface ReadFastTextOptions
  extends Pick<ReadVectorsOptions, "file" | "entry" | "size" | "signal" | "onProgress" | "platform"> {
  /** Keep only the rows that these words need, whether the dictionary has them or not. All rows by default. */
  readonly wanted?: ReadonlySet<string>;
  /** With 1, row 0 of the matrix is spare and zeros, so that it can be a table's padding. Default 0. */
  readonly firstRow?: 0 | 1;
}

/**
 * Reads a fastText `.bin` or `.ftz` model with its subwords, so that every word has a vector and the rows behind it can
 * be trained. Memory is the matrix (or the rows wanted) plus the words.
 * @throws FormatError BAD_VECTOR_FILE with the byte offset; ThawlineError ABORTED
 */
export async function readFastText(source: ByteSource, options: ReadFastTextOptions = {}): Promise<FastTextModel> {
  const { file, wanted, firstRow = 0 } = options;
  const { window, size } = await openWindow(source, options);
  try {
    const fields = createFieldReader(window, { file, size });
    const origin = { window, fields, file };
    const settings = await readSettings(fields, file);
    const wantedBytes = wanted && [...wanted].map(encodeWord);
    const vocabulary = createVocabulary(wantedBytes);
    const dictionary = await readDictionary(window, fields, { file, visit: vocabulary.visit });
    const matrix = await readMatrixHeader(origin, {
      dimension: settings.dim,
      wordCount: dictionary.wordCount,
      isPruned: dictionary.pruned !== undefined,
    });
    const rule = createWordRows(dictionary, settings);
    const needed = wantedBytes && rowsOfAll(wantedBytes, vocabulary.idOf, rule);
    const hasAllBuckets = settings.maxn > 0 && dictionary.pruned === undefined;
    checkRows(needed, matrix, { file, least: hasAllBuckets ? dictionary.wordCount + settings.bucket : 0 });
    const kept = needed && createRowSet(needed);
    const data = await readRows(origin, matrix, { wanted: kept?.rows, firstRow }, size);
    await checkOutputMatrix(origin, matrix, { size });
    const shape = { settings, isQuantized: matrix.isQuantized, dictionary, firstRow };
    return createModel({ ...shape, vocabulary, rule, data, kept, wanted });
  } finally {
    await window.close();
  }
}

function createModel(parts: {
  readonly settings: FastTextSettings;
  readonly isQuantized: boolean;
  readonly dictionary: FastTextDictionary;
  readonly firstRow: 0 | 1;
  readonly vocabulary: Vocabulary;
  readonly rule: WordRows;
  readonly data: Float32Array;
  readonly kept: RowSet | undefined;
  readonly wanted: ReadonlySet<string> | undefined;
}): FastTextModel {
  const { settings, vocabulary, rule, data, kept, wanted, dictionary, firstRow } = parts;
  const dimension = settings.dim;
  const { pruned } = dictionary;

  // By word and not only by rows: a known word that was not wanted would look like an unknown one.
  const placed = (rows: readonly number[], word: string): number[] => {
    if (kept === undefined) return rows.map((row) => row + firstRow);
    const places = rows.map((row) => kept.slotOf(row));
    if (!wanted?.has(word) || places.includes(-1))
      throw new RangeError(
        `the rows of ${JSON.stringify(word)} were not kept: name it in \`wanted\`, or read all rows`,
      );
    return firstRow === 0 ? places : places.map((place) => place + firstRow);
  };
  const rowsOf = (word: string): number[] => {
    const bytes = encodeWord(word);
    return placed(rule.rowsOf(bytes, vocabulary.idOf(bytes)), word);
  };
  return {
    settings,
    isQuantized: parts.isQuantized,
    labels: dictionary.labels,
    words: vocabulary.words(),
    dimension,
    matrix: data,
    rows: data.length / dimension,
    hasSubwords: settings.maxn > 0 && settings.bucket > 0 && pruned?.size !== 0,
    subwordTable: () => describeRows({ ...parts, rows: data.length / dimension }),
    has: (word) => vocabulary.idOf(encodeWord(word)) >= 0,
    lookUpOf: (word) => evenly(rowsOf(word)),
    lookUp(words) {
      const found = words.map((word) => evenly(rowsOf(word)));
      return joinLookUps(found);
    },
    vectorOf(word) {
      const rows = rowsOf(word);
      if (rows.length === 0) return undefined;
      const sum = new Float32Array(dimension);
      for (const row of rows) addRow(sum, data, row * dimension);
      return scaleByCount(sum, rows.length);
    },
    sentenceLookUp(words) {
      const line = [...words, "</s>"].map(encodeWord);
      const own = line.flatMap((word) => rule.rowsOf(word, vocabulary.idOf(word)));
      const rows = [...own, ...rule.wordNgramRows(line, settings.wordNgrams)];
      return evenly(placed(rows, words.join(" ")));
    },
  };
}

/** What each row of the matrix is. */
function describeRows({
  settings,
  vocabulary,
  dictionary: { wordCount, pruned },
  kept,
  firstRow,
  rows,
}: Pick<Parameters<typeof createModel>[0], "settings" | "vocabulary" | "dictionary" | "kept" | "firstRow"> & {
  readonly rows: number;
}): SubwordTable {
  const words = new Array<string>(rows).fill("");
  const buckets = new Int32Array(rows).fill(-1);
  const bucketAt = pruned && new Map(Array.from(pruned, ([bucket, place]) => [place, bucket]));
  for (let row = firstRow; row < rows; row++) {
    const place = (kept === undefined ? row - firstRow : kept.rows[row - firstRow]) - wordCount;
    if (place >= 0) buckets[row] = bucketAt === undefined ? place : (bucketAt.get(place) ?? -1);
  }
  const ids = vocabulary.ids();
  for (const [index, word] of vocabulary.words().entries()) {
    const place = kept === undefined ? ids[index] : kept.slotOf(ids[index]);
    words[place + firstRow] = word;
  }
  const { minn, maxn, bucket } = settings;
  return { settings: { minn, maxn, bucket }, words, buckets };
}

type Vocabulary = ReturnType<typeof createVocabulary>;

/** The dictionary's words (those wanted) with their rows; the first of duplicates wins. */
function createVocabulary(wanted: readonly Uint8Array[] | undefined) {
  const filter = wanted && createByteIndex();
  for (const word of wanted ?? []) if (filter!.find(word, 0, word.length) < 0) filter!.add(word, 0, word.length);
  const index = createByteIndex();
  const ids = createIntList();
  let id = 0;
  return {
    visit(bytes: Uint8Array, start: number, end: number): void {
      const isWanted = filter === undefined || filter.find(bytes, start, end) >= 0;
      if (isWanted && index.find(bytes, start, end) < 0) {
        index.add(bytes, start, end);
        ids.push(id);
      }
      id++;
    },
    idOf(word: Uint8Array): number {
      const at = index.find(word, 0, word.length);
      return at < 0 ? -1 : ids.values()[at];
    },
    /** Row in the dictionary of each of `words()`. */
    ids: (): Int32Array => ids.values(),
    words(): string[] {
      const { bytes, offsets } = index.content();
      return decodeWords(bytes, offsets);
    },
  };
}

function rowsOfAll(words: readonly Uint8Array[], idOf: (word: Uint8Array) => number, rule: WordRows): Int32Array {
  const rows = createIntList();
  for (const word of words) for (const row of rule.rowsOf(word, idOf(word))) rows.push(row);
  return rows.values();
}

function checkRows(
  needed: Int32Array | undefined,
  { rows, offset }: InputMatrix,
  { file, least }: { readonly file: string | undefined; readonly least: number },
): void {
  let count = least;
  for (const row of needed ?? []) count = Math.max(count, row + 1);
  if (count > rows)
    throw badFile(`the words need ${count} rows of the input matrix, which has ${rows}; the file is damaged`, {
      file,
      offset,
    });
}

async function readRows(
  source: MatrixSource,
  matrix: InputMatrix,
  { wanted, firstRow }: { readonly wanted: Int32Array | undefined; readonly firstRow: 0 | 1 },
  size: number | undefined,
): Promise<Float32Array> {
  const { dimension } = matrix;
  const count = wanted?.length ?? matrix.rows;
  const builder = createTableBuilder();
  // The codes of a quantised matrix are there when its rows are made: nothing left to doubt.
  const known = size === undefined && !matrix.isQuantized ? undefined : count + firstRow;
  builder.begin({ dimension, maxRows: known, expectedRows: () => known });
  const noWord = new Uint8Array(0);
  if (firstRow === 1) builder.row(new Float32Array(dimension), noWord);
  if (!matrix.isQuantized) {
    await visitDenseRows(
      source,
      matrix,
      wanted ?? matrix.rows,
      (_, values) => builder.row(values, noWord),
      async () => {},
    );
    return builder.data();
  }
  const quantized = await readQuantizedRows(source, matrix, wanted ?? matrix.rows);
  const row = new Float32Array(dimension);
  for (let slot = 0; slot < count; slot++) {
    quantized.addTo(row.fill(0), slot);
    builder.row(row, noWord);
  }
  return builder.data();
}
