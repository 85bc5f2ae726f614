import { readdir, readFile } from "node:fs/promises";
import { join, sep } from "node:path";
import { FormatError } from "@thawline/core";

/** A file of a fixture folder, parsed. */
export interface FixtureContent {
  /** Path inside the folder, with `/`. */
  readonly file: string;
  readonly content: unknown;
}

/** What a folder holds. */
export interface FixtureFolder {
  readonly files: readonly FixtureContent[];
  /** JSON files of another form. */
  readonly others: readonly string[];
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, "utf8"));
  } catch (cause) {
    throw new FormatError("BAD_DATA_FILE", `expected JSON: ${(cause as Error).message}`, { file: path }, { cause });
  }
}

/** What tells fixtures from other JSON; anything else that is wrong with one is an error. */
const isFixture = (content: unknown): boolean =>
  typeof content === "object" && content !== null && ("cases" in content || "optimizer_config" in content);

/**
 * Reads the fixture files (`*.json`) of a folder and of the folders in it, by name.
 * @throws FormatError BAD_DATA_FILE where there is none, or one is no JSON
 */
export async function readFixtureFolder(folder: string): Promise<FixtureFolder> {
  const entries = await readdir(folder, { recursive: true }).catch((cause: unknown) => {
    throw new FormatError("BAD_DATA_FILE", "expected a folder of fixture files", { file: folder }, { cause });
  });
  const names = entries.filter((name) => name.endsWith(".json")).sort();
  const read = (name: string) => readJson(join(folder, name));
  const all = await Promise.all(
    names.map(async (name) => ({ file: name.split(sep).join("/"), content: await read(name) })),
  );
  const files = all.filter(({ content }) => isFixture(content));
  const others = all.filter(({ content }) => !isFixture(content)).map(({ file }) => file);
  if (files.length > 0) return { files, others };
  const found = others.length === 0 ? "" : `; without "cases" or "optimizer_config": ${others.slice(0, 5).join(", ")}`;
  throw new FormatError("BAD_DATA_FILE", `there is no fixture file (*.json)${found}`, { file: folder });
}
