import { badFile } from "../bad-file.ts";
import { encodeWord } from "../bytes/word-codec.ts";
import { dtypeRules } from "../safetensors/dtypes.ts";
import { encodeHeader, type SafetensorsEntry, type SafetensorsHeader } from "../safetensors/header.ts";
import { rowDecoders } from "../safetensors/row-decoders.ts";
import { skipTensors, takeSafetensorsHeader, tensorsTruncated } from "../safetensors/take-header.ts";
import type { FileHead, ReadContext, RowEncoder, VectorDType, VectorFormat } from "../vector-format.ts";
import { encodeValues, valueBytes } from "./encode-values.ts";
import { boundRows, checkDimension } from "./headers.ts";

const TENSOR = "embeddings";

/**
 * A safetensors file with the tensor `embeddings` [V, D] (F32, F16, BF16 or F64) and, in `__metadata__`, the words as a
 * JSON array under `words`. Ours also say `format: "thawline-vectors"`, `version: "1"`. A word that is not valid UTF-8
 * stands there as `decodeWord` gives it. Other tensors are passed over.
 */
export const safetensorsFormat: VectorFormat = {
  name: "safetensors",
  title: "safetensors",
  extension: ".safetensors",
  detects: looksLikeSafetensors,
  async read(context) {
    const { window, gate, file } = context;
    const header = await takeSafetensorsHeader(context);
    const entry = findTable(header, file);
    const words = parseWords(header, entry, file);
    const [rows, dimension] = entry.shape as [number, number];
    checkDimension(dimension, { file, offset: 8 });
    if (context.dimension !== undefined && context.dimension !== dimension) {
      throw badFile(`the table's dimension is ${dimension}, but dimension ${context.dimension} was asked for`, {
        file,
      });
    }
    context.storedAs(entry.dtype === "F32" ? "f32" : entry.dtype === "F16" ? "f16" : undefined);
    const rowBytes = dtypeRules[entry.dtype].bytes * dimension;
    gate.headerSays(rows);
    gate.begin({
      dimension,
      maxRows: context.size === undefined ? undefined : Math.floor(context.size / rowBytes),
      expectedRows: () => boundRows(rows, context),
    });
    await skipTensors(context, entry.begin, () => gate.drain());
    const values = new Float32Array(dimension);
    const decode = rowDecoders[entry.dtype as keyof typeof rowDecoders];
    for (let row = 0; row < rows && !gate.isFull; row++) {
      while (window.end - window.start < rowBytes) {
        await gate.drain();
        if (!(await window.need(rowBytes))) throw tensorsTruncated(context, `row ${row + 1} of ${rows}`);
      }
      const word = encodeWord(words[row]);
      if (gate.wants(word, 0, word.length)) {
        decode(new DataView(window.bytes.buffer, window.bytes.byteOffset + window.start, rowBytes), values);
        const offset = window.base + window.start;
        gate.accept(word, 0, word.length, values, { offset, valuesOffset: offset });
      }
      gate.count();
      window.start += rowBytes;
    }
    if (!gate.isFull) await finish(context, header.dataBytes - entry.end);
    await gate.drain();
  },
  encoder: ({ dtype }) => tableEncoder(dtype),
};

function looksLikeSafetensors({ bytes }: FileHead): boolean {
  if (bytes.length < 10 || bytes[8] !== 0x7b) return false;
  // Below 2^40: what is longer is text by chance, and 100 MB is the limit anyway.
  return bytes[5] === 0 && bytes[6] === 0 && bytes[7] === 0;
}

function findTable({ entries }: SafetensorsHeader, file: string | undefined): SafetensorsEntry {
  const entry = entries.find(({ name }) => name === TENSOR);
  const names = entries
    .map(({ name }) => JSON.stringify(name))
    .slice(0, 8)
    .join(", ");
  if (entry === undefined)
    throw badFile(`expected a tensor "${TENSOR}" with the vectors; the file has ${names || "none"}`, {
      file,
      offset: 8,
    });
  if (entry.shape.length !== 2 || entry.dtype === "I8" || !Object.hasOwn(rowDecoders, entry.dtype)) {
    throw badFile(
      `expected "${TENSOR}" to be a [V, D] tensor of F32, F16, BF16 or F64; it is ${entry.dtype} [${entry.shape}]`,
      { file, offset: 8 },
    );
  }
  return entry;
}

function parseWords(
  { metadata }: SafetensorsHeader,
  entry: SafetensorsEntry,
  file: string | undefined,
): readonly string[] {
  const text = metadata.get("words");
  if (text === undefined) {
    throw badFile(
      'the file has no words: expected a JSON array of them in __metadata__ under "words". A Model2Vec or sentence-transformers model keeps them in its tokenizer.json: pass the folder',
      { file, offset: 8 },
    );
  }
  let words: unknown;
  try {
    words = JSON.parse(text);
  } catch (cause) {
    throw badFile("__metadata__.words is not valid JSON", { file, offset: 8, cause });
  }
  if (!Array.isArray(words) || !words.every((word) => typeof word === "string")) {
    throw badFile("__metadata__.words is not a JSON array of strings", { file, offset: 8 });
  }
  if (words.length !== entry.shape[0]) {
    throw badFile(`there are ${words.length} words for ${entry.shape[0]} rows`, { file, offset: 8 });
  }
  return words;
}

/** Reads past other tensors and makes sure that nothing follows them. */
async function finish(context: ReadContext, count: number): Promise<void> {
  const { window, gate, file } = context;
  await skipTensors(context, count, () => gate.drain());
  if (await window.need(1))
    throw badFile("bytes follow the last tensor; the file is damaged", { file, offset: window.base + window.start });
}

function tableEncoder(dtype: VectorDType): RowEncoder {
  const bytes = valueBytes[dtype];
  return {
    needsWords: true,
    header({ rows, dimension, words }) {
      const entry = {
        name: TENSOR,
        dtype: dtype === "f16" ? "F16" : "F32",
        shape: [rows, dimension],
        begin: 0,
        end: rows * dimension * bytes,
      } as const;
      return encodeHeader(
        [entry],
        new Map([
          ["format", "thawline-vectors"],
          ["version", "1"],
          ["words", JSON.stringify(words())],
        ]),
      );
    },
    refuses: () => undefined,
    encode(into, _word, values) {
      encodeValues(into, values, dtype);
    },
  };
}
