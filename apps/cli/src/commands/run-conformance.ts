import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type FixtureResult, runFixtureFile } from "@thawline/conformance";
import { FormatError } from "@thawline/core";
import type { Io } from "../io.ts";
import { UsageError } from "../options/usage-error.ts";
import { createProgressLine } from "../output/progress-line.ts";
import { textTable } from "../output/text-table.ts";
import { openBackend } from "../pipeline/open-backend.ts";
import { type BackendName, backendNames } from "../pipeline/settings.ts";

interface ConformanceFlags {
  readonly fixtures?: string;
  readonly backend?: readonly BackendName[];
  readonly json?: boolean;
  readonly quiet?: boolean;
}

async function fixtureNames(folder: string): Promise<string[]> {
  const entries = await readdir(folder).catch((cause: unknown) => {
    throw new FormatError("BAD_DATA_FILE", "expected a folder of fixture files", { file: folder }, { cause });
  });
  const names = entries.filter((name) => name.endsWith(".json")).sort();
  if (names.length === 0) throw new FormatError("BAD_DATA_FILE", "there is no fixture file (*.json)", { file: folder });
  return names;
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, "utf8"));
  } catch (cause) {
    throw new FormatError("BAD_DATA_FILE", `expected JSON: ${(cause as Error).message}`, { file: path }, { cause });
  }
}

function describe(results: readonly FixtureResult[]): string {
  const rows = results.map(({ file, case: name, backend, status, error, worst }) => [
    file,
    name,
    backend,
    status,
    error === null ? "–" : error.toExponential(1),
    (worst ?? "").slice(0, 60),
  ]);
  const count = (status: FixtureResult["status"]): number => results.filter((each) => each.status === status).length;
  const table = textTable(["file", "case", "backend", "status", "error", "worst"], rows);
  return `${table}\n\n${count("pass")} passed, ${count("fail")} failed, ${count("unsupported")} unsupported\n`;
}

/** `thawline conformance` with parsed flags. Exit code 1 where a case failed. */
export async function runConformance(flags: ConformanceFlags, io: Io): Promise<number> {
  const { fixtures, backend: names = backendNames, json, quiet = false } = flags;
  if (fixtures === undefined) throw new UsageError("expected --fixtures DIR: a folder of fixture files");
  const progress = createProgressLine(io, quiet);
  const results: FixtureResult[] = [];
  for (const file of await fixtureNames(fixtures)) {
    const content = await readJson(join(fixtures, file));
    for (const name of names) {
      progress.show(`${file} on ${name} …`);
      const backend = await openBackend(name);
      try {
        results.push(...(await runFixtureFile(content, file, backend)));
      } finally {
        await backend.close();
      }
    }
  }
  progress.clear();
  io.stdout.write(json ? `${JSON.stringify(results, null, 2)}\n` : describe(results));
  return results.some(({ status }) => status === "fail") ? 1 : 0;
}
