import { badFile } from "../bad-file.ts";
import { createByteBuilder } from "../bytes/byte-builder.ts";
import { type ByteSource, type OpenedSource, openSource } from "../bytes/byte-source.ts";
import { asObject } from "./tokenizer-vocabulary.ts";

/** A file of a folder: its bytes, or how to open them when they are needed. */
export type FolderFile = ByteSource | { open(): Promise<OpenedSource> };

/** A folder's files by path within it, with `/`. */
export type FolderFiles = ReadonlyMap<string, FolderFile>;

/** Where a static embedding model's files stand. */
export interface StaticLayout {
  readonly weights: string;
  readonly tokenizer: string;
  /** Whether the mean of a text is scaled to length 1. */
  readonly normalize: boolean;
  /** `config.json`, where there is one. */
  readonly config: Readonly<Record<string, unknown>>;
}

const WEIGHTS = "model.safetensors";
const TOKENIZER = "tokenizer.json";
const MAX_JSON_BYTES = 256 << 20;

/** The files that may matter; a folder may hold others, which are not opened. `modules` is the content of modules.json. */
export const staticModelPrefixes = ["", "0_StaticEmbedding/"] as const;

/**
 * Finds the files in any of the layouts: Model2Vec's and sentence-transformers' with all in the folder itself, and
 * sentence-transformers' with the module in a folder of its own, which `modules.json` names.
 * @throws FormatError where the folder is none of these
 */
export async function findStaticLayout(files: FolderFiles, folder: string): Promise<StaticLayout> {
  const modules = await readModules(files, folder);
  const prefixes = [...modules.prefixes, ...staticModelPrefixes];
  const prefix = prefixes.find((candidate) => files.has(candidate + WEIGHTS) && files.has(candidate + TOKENIZER));
  if (prefix === undefined)
    throw badFile(
      "this directory has no model.safetensors with a tokenizer.json beside it (a Model2Vec or sentence-transformers model); pass a file of vectors, or such a folder",
      { file: folder },
    );
  const config = asObject(await readJson(files, "config.json", folder)) ?? {};
  const normalize = typeof config.normalize === "boolean" ? config.normalize : modules.hasNormalize;
  return { weights: prefix + WEIGHTS, tokenizer: prefix + TOKENIZER, normalize, config };
}

async function readModules(files: FolderFiles, folder: string) {
  const modules = await readJson(files, "modules.json", folder);
  const entries = Array.isArray(modules) ? modules.map((entry) => asObject(entry) ?? {}) : [];
  const prefixes = entries
    .filter(({ type }) => String(type).endsWith("StaticEmbedding"))
    .map(({ path }) => (typeof path === "string" && path !== "" && path !== "." ? `${path.replace(/\/$/, "")}/` : ""));
  return { prefixes, hasNormalize: entries.some(({ type }) => /\.Normalize$/.test(String(type))) };
}

async function readJson(files: FolderFiles, name: string, folder: string): Promise<unknown> {
  const file = files.get(name);
  if (file === undefined) return undefined;
  const bytes = await readWhole(file, `${folder}/${name}`);
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw badFile("it is not valid JSON", { file: `${folder}/${name}`, offset: 0, cause });
  }
}

/** Opens a file of a folder. */
export async function openFolderFile(file: FolderFile): Promise<OpenedSource> {
  return typeof file === "object" && file !== null && "open" in file ? file.open() : openSource(file);
}

/** Reads a JSON file whole. @throws FormatError beyond 256 MB */
export async function readWhole(file: FolderFile, name: string): Promise<Uint8Array> {
  const builder = createByteBuilder(1 << 12);
  for await (const chunk of (await openFolderFile(file)).chunks) {
    if (builder.length + chunk.length > MAX_JSON_BYTES)
      throw badFile(`the file is larger than ${MAX_JSON_BYTES} bytes, the most that is read of JSON`, {
        file: name,
        offset: builder.length,
      });
    builder.append(chunk);
  }
  return builder.take();
}
