import { badFile } from "../bad-file.ts";
import { readSafetensors } from "../safetensors/read-safetensors.ts";
import { writeSafetensors } from "../safetensors/write-safetensors.ts";
import type { VectorDelta } from "./delta.ts";

const FORMAT = "thawline-delta";
const VERSION = "2";

/**
 * Encodes a delta as safetensors, fresh. The tensor `embeddings` [C + A, D] with the words in `__metadata__` is that of
 * a vectors file, so every reader of those reads the values after; `previous` [C, D] are the values before and `rows` [C]
 * the rows in the base. `metadata` is what else to say of it, such as the base's file; readers pass over it.
 */
export function encodeDelta(
  delta: VectorDelta,
  { metadata = {} }: { readonly metadata?: Readonly<Record<string, string>> } = {},
): Uint8Array {
  const { dimension, rows, words, after, before } = delta;
  return writeSafetensors(
    {
      embeddings: { dtype: "float32", shape: [words.length, dimension], data: after },
      previous: { dtype: "float32", shape: [rows.length, dimension], data: before },
      rows: { dtype: "int32", shape: [rows.length], data: rows },
    },
    {
      metadata: {
        ...metadata,
        format: FORMAT,
        version: VERSION,
        base_rows: String(delta.baseRows),
        base_table_sha256: delta.baseHash,
        tuned_table_sha256: delta.tunedHash,
        words: JSON.stringify(words),
      },
    },
  );
}

/** Reads a delta. `bytes` is borrowed. @throws FormatError BAD_VECTOR_FILE where it is none or its parts do not fit */
export function decodeDelta(bytes: Uint8Array, { file }: { readonly file?: string } = {}): VectorDelta {
  const { metadata, tensors } = readSafetensors(bytes, file === undefined ? {} : { file });
  const fail = (message: string) => badFile(message, { file, offset: 8 });
  if (metadata.get("format") !== FORMAT || metadata.get("version") !== VERSION)
    throw fail(
      `expected a delta of format ${FORMAT}, version ${VERSION}; this is ${metadata.get("format") ?? "of no stated format"}, version ${metadata.get("version") ?? "none"}`,
    );
  const [after, before, rows] = ["embeddings", "previous", "rows"].map((name) => tensors.get(name));
  if (after?.dtype !== "float32" || before?.dtype !== "float32" || rows?.dtype !== "int32")
    throw fail('expected the float32 tensors "embeddings" and "previous" and the int32 tensor "rows"');
  const words = parseWords(metadata.get("words"));
  const baseRows = Number(metadata.get("base_rows"));
  const [count, dimension] = after.shape as [number, number];
  const fits =
    words !== undefined &&
    Number.isSafeInteger(baseRows) &&
    after.shape.length === 2 &&
    words.length === count &&
    rows.shape.length === 1 &&
    rows.data.length <= count &&
    before.shape.length === 2 &&
    before.shape[0] === rows.data.length &&
    before.shape[1] === dimension &&
    rows.data.every((row, index) => row >= 0 && row < baseRows && (index === 0 || row > rows.data[index - 1]));
  if (!fits) throw fail("the delta's words, rows and values do not fit together; the file is damaged");
  return {
    dimension,
    baseRows,
    rows: rows.data,
    words,
    after: after.data,
    before: before.data,
    baseHash: metadata.get("base_table_sha256") ?? "",
    tunedHash: metadata.get("tuned_table_sha256") ?? "",
  };
}

function parseWords(text: string | undefined): string[] | undefined {
  try {
    const words: unknown = JSON.parse(text ?? "");
    return Array.isArray(words) && words.every((word) => typeof word === "string") ? words : undefined;
  } catch {
    return undefined;
  }
}
