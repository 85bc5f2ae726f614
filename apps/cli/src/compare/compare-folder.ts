import { createHash } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { mkdir, readFile, rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { PolicyError } from "@thawline/core";
import { writeFileAtomically } from "@thawline/vectors/node";
import { makeFolders, outputFailed, writeJsonFile } from "../run/run-folder.ts";
import type { RunResult } from "./run-arm.ts";

/** Where a comparison is written: `compare.json`, and a folder a run. */
export interface CompareFolder {
  readonly path: string;
  readonly document: string;
  readonly report: string;
  readonly reportMarkdown: string;
  readonly runs: string;
  /** Folder of a run. */
  runFolder(name: string): string;
  /** A run of that name that was finished with these very options and inputs; null where there is none. */
  finished(name: string, identity: unknown): Promise<RunResult | null>;
  /** Keeps a run's result. */
  keep(name: string, identity: unknown, result: RunResult): Promise<void>;
  /** Removes the folder again where nothing is in it. */
  discardIfEmpty(): Promise<void>;
}

const ownEntries = ["compare.json", "runs", "report.html", "report.md"];

const invalid = (message: string): PolicyError => new PolicyError("INVALID_CONFIG", message);

const keyOf = (identity: unknown): string => createHash("sha256").update(JSON.stringify(identity)).digest("hex");

/** @throws PolicyError INVALID_CONFIG where the folder is in use */
async function clearOrKeep(path: string, { force, resume }: { force: boolean; resume: boolean }): Promise<void> {
  const names = readdirSync(path);
  const isComparison = names.includes("compare.json") || names.includes("runs");
  if (resume && names.length > 0 && !isComparison) throw invalid(`${path}: there is no comparison to resume`);
  if (names.length === 0 || resume) return;
  if (!isComparison) throw invalid(`${path} is not empty and holds no earlier comparison: name another folder`);
  if (!force) {
    throw invalid(`${path} is not empty: --force replaces the comparison in it, --resume goes on with it`);
  }
  for (const name of names.filter((each) => ownEntries.includes(each))) await rm(join(path, name), { recursive: true });
}

/**
 * Makes the folder of a comparison, and checks that it can be written to before any work is done.
 * @throws PolicyError INVALID_CONFIG where it is in use; ThawlineError OUTPUT_FAILED where it cannot be written
 */
export async function openCompareFolder(
  path: string,
  options: { readonly force: boolean; readonly resume: boolean },
): Promise<CompareFolder> {
  const isNew = !existsSync(path);
  await makeFolders(path).catch((cause: NodeJS.ErrnoException) => outputFailed(path, cause));
  await clearOrKeep(path, options);
  const runs = join(path, "runs");
  const probe = join(path, ".thawline-probe");
  await writeFileAtomically(probe, (write) => write(new Uint8Array(4096)));
  await rm(probe);
  const resultFile = (name: string): string => join(runs, name, "result.json");
  return {
    path,
    document: join(path, "compare.json"),
    report: join(path, "report.html"),
    reportMarkdown: join(path, "report.md"),
    runs,
    runFolder: (name) => join(runs, name),
    async finished(name, identity) {
      if (!options.resume) return null;
      const text = await readFile(resultFile(name), "utf8").catch(() => null);
      if (text === null) return null;
      const kept = JSON.parse(text) as { key: string; result: RunResult };
      return kept.key === keyOf(identity) ? kept.result : null;
    },
    async keep(name, identity, result) {
      await mkdir(join(runs, name), { recursive: true });
      await writeJsonFile(resultFile(name), { key: keyOf(identity), result });
    },
    discardIfEmpty: async () => {
      if (isNew) await rmdir(path).catch(() => {});
    },
  };
}
