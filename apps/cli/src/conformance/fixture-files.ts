import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { FormatError } from "@thawline/core";

/** A file of a fixture folder, parsed. */
export interface FixtureContent {
  readonly file: string;
  readonly content: unknown;
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, "utf8"));
  } catch (cause) {
    throw new FormatError("BAD_DATA_FILE", `expected JSON: ${(cause as Error).message}`, { file: path }, { cause });
  }
}

/**
 * Reads the fixture files (`*.json`) of a folder, by name.
 * @throws FormatError BAD_DATA_FILE where there is none, or one is no JSON
 */
export async function readFixtureFolder(folder: string): Promise<readonly FixtureContent[]> {
  const entries = await readdir(folder).catch((cause: unknown) => {
    throw new FormatError("BAD_DATA_FILE", "expected a folder of fixture files", { file: folder }, { cause });
  });
  const names = entries.filter((name) => name.endsWith(".json")).sort();
  if (names.length === 0) throw new FormatError("BAD_DATA_FILE", "there is no fixture file (*.json)", { file: folder });
  return Promise.all(names.map(async (file) => ({ file, content: await readJson(join(folder, file)) })));
}
