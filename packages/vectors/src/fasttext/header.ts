import { badFile } from "../bad-file.ts";
import type { FieldReader } from "../bytes/field-reader.ts";
import { checkDimension } from "../formats/headers.ts";

/** The first int32 of every fastText model since 2017. */
export const FASTTEXT_MAGIC = 793_712_314;

/** A fastText model's settings, by their names in fastText. */
export interface FastTextSettings {
  /** Of the file's format: 11 or 12. */
  readonly version: number;
  readonly dim: number;
  readonly epoch: number;
  readonly minCount: number;
  readonly wordNgrams: number;
  readonly model: "cbow" | "skipgram" | "supervised";
  readonly bucket: number;
  readonly minn: number;
  readonly maxn: number;
}

const models = { 1: "cbow", 2: "skipgram", 3: "supervised" } as const;
const fieldNames = ["dim", "ws", "epoch", "minCount", "neg", "wordNgrams", "loss", "model", "bucket", "minn", "maxn"];

/**
 * Reads magic, version and settings.
 * @throws FormatError for another magic, a version other than 11 and 12, and settings that no model can have
 * @remarks fastText `FastText::checkModel`, `Args::load`; version 11 supervised models have no n-grams
 */
export async function readSettings(fields: FieldReader, file: string | undefined): Promise<FastTextSettings> {
  const magic = await fields.int32("the magic number");
  if (magic !== FASTTEXT_MAGIC)
    throw badFile(`expected a fastText model to begin with ${FASTTEXT_MAGIC}, got ${magic}`, { file, offset: 0 });
  const version = await fields.int32("the version");
  if (version !== 11 && version !== 12)
    throw badFile(`fastText file version ${version} is not known; 11 and 12 are read`, { file, offset: 4 });
  const view = await fields.take(12 * 4 + 8, "the settings");
  const settings = Object.fromEntries(fieldNames.map((name, index) => [name, view.getInt32(index * 4, true)]));
  const { dim, epoch, minCount, wordNgrams, bucket, minn, maxn } = settings as Record<string, number>;
  checkDimension(dim, { file, offset: 8 });
  const model = models[settings.model as 1 | 2 | 3];
  const fault =
    model === undefined
      ? `model ${settings.model}`
      : bucket < 0
        ? `bucket ${bucket}`
        : minn < 0 || maxn < 0 || (maxn > 0 && bucket === 0)
          ? `minn ${minn}, maxn ${maxn}, bucket ${bucket}`
          : undefined;
  if (fault !== undefined)
    throw badFile(`the settings say ${fault}, which no fastText model has; the file is damaged`, { file, offset: 8 });
  const isOldSupervised = version === 11 && model === "supervised";
  return { version, dim, epoch, minCount, wordNgrams, model, bucket, minn, maxn: isOldSupervised ? 0 : maxn };
}

/** True for the beginning of a model from before the magic number (early 2017): settings at once. */
export function looksLikeOldFastText(bytes: Uint8Array): boolean {
  if (bytes.length < 56) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, 56);
  const [dim, ws, epoch, minCount, neg, wordNgrams, loss, model, bucket, minn, maxn, rate] = Array.from(
    { length: 12 },
    (_, index) => view.getInt32(index * 4, true),
  );
  const within = (value: number, low: number, high: number) => value >= low && value <= high;
  const sample = view.getFloat64(48, true);
  return (
    within(dim, 1, 65_536) &&
    within(ws, 0, 1000) &&
    within(epoch, 0, 100_000) &&
    within(minCount, 0, 1 << 20) &&
    within(neg, 0, 1000) &&
    within(wordNgrams, 0, 100) &&
    within(loss, 1, 3) &&
    within(model, 1, 3) &&
    within(bucket, 0, 1 << 30) &&
    within(minn, 0, 100) &&
    within(maxn, 0, 100) &&
    within(rate, 0, 1 << 20) &&
    sample >= 0 &&
    sample <= 1
  );
}
