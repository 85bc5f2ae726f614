import { existsSync, readdirSync } from "node:fs";
import { mkdir, readFile, rm, rmdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { PolicyError, ThawlineError } from "@thawline/core";
import { writeFileAtomically } from "@thawline/vectors/node";

/** Paths of a run folder. */
export interface RunFolder {
  readonly path: string;
  readonly record: string;
  readonly metrics: string;
  readonly checkpoints: string;
  readonly model: string;
  readonly delta: string;
  readonly report: string;
  readonly reportMarkdown: string;
  /** Removes the folder again where this run made it and nothing is in it. */
  discardIfEmpty(): Promise<void>;
}

const invalid = (message: string): PolicyError => new PolicyError("INVALID_CONFIG", message);

/** Entries that a run writes: what `--force` removes. */
const isOwnEntry = (name: string): boolean =>
  [
    "run.json",
    "metrics.ndjson",
    "checkpoints",
    "model",
    "delta.safetensors",
    "report.html",
    "report.md",
    "vectors",
  ].includes(name) ||
  /^vectors\.((txt|vec|bin|safetensors|npy)(\.gz)?|words\.txt)$/.test(name) ||
  /^\..+\.tmp$/.test(name);

/** Throws what a failed write of the system means. @throws ThawlineError OUTPUT_FAILED */
export function outputFailed(path: string, cause: NodeJS.ErrnoException): never {
  const reasons: Record<string, string> = {
    EEXIST: "it is a file, expected a folder",
    ENOTDIR: "a part of its path is a file",
    EACCES: "no permission",
    EPERM: "no permission",
    EROFS: "the file system is read-only",
    ENOSPC: "the disk is full",
  };
  throw new ThawlineError("OUTPUT_FAILED", `cannot write to ${path}: ${reasons[cause.code ?? ""] ?? cause.message}`, {
    cause,
  });
}

/** One by one: Node's recursive `mkdir` never returns where a file system denies that it can be done (as in /proc). */
export async function makeFolders(path: string): Promise<void> {
  const missing: string[] = [];
  for (let at = resolve(path); !existsSync(at); at = dirname(at)) missing.unshift(at);
  for (const folder of missing) await mkdir(folder);
  if (missing.length === 0) await mkdir(path, { recursive: true });
}

async function clear(path: string): Promise<void> {
  for (const name of readdirSync(path).filter(isOwnEntry)) await rm(join(path, name), { recursive: true });
}

/**
 * Makes a run folder, and checks that it can be written to before any work is done. A folder that is not empty is taken
 * only with `resume`, or with `force` where it holds an earlier run, whose files are removed then (and no others).
 * @throws PolicyError INVALID_CONFIG where the folder is in use; ThawlineError OUTPUT_FAILED where it cannot be written
 */
export async function openRunFolder(
  path: string,
  options: {
    readonly force: boolean;
    readonly resume: boolean;
    /** Names that may stand there already. */
    readonly besides?: readonly string[];
  },
): Promise<RunFolder> {
  const isNew = !existsSync(path);
  const isRun = existsSync(join(path, "run.json"));
  if (options.resume && !isRun) throw invalid(`${path}: there is no run to resume (no run.json)`);
  await makeFolders(path).catch((cause: NodeJS.ErrnoException) => outputFailed(path, cause));
  const folder: RunFolder = {
    path,
    record: join(path, "run.json"),
    metrics: join(path, "metrics.ndjson"),
    checkpoints: join(path, "checkpoints"),
    model: join(path, "model"),
    delta: join(path, "delta.safetensors"),
    report: join(path, "report.html"),
    reportMarkdown: join(path, "report.md"),
    discardIfEmpty: async () => {
      if (isNew) await rmdir(path).catch(() => {});
    },
  };
  const isEmpty = readdirSync(path).every((name) => options.besides?.includes(name));
  if (!isEmpty && !options.resume) {
    if (!options.force) {
      const advice = isRun ? "--force replaces the run in it, --resume goes on with it" : "name another folder";
      throw invalid(`${path} is not empty: ${advice}`);
    }
    if (!isRun) throw invalid(`${path} is not empty and holds no earlier run: --force replaces earlier runs only`);
    await clear(path);
  }
  const probe = join(path, ".thawline-probe");
  await writeFileAtomically(probe, (write) => write(new Uint8Array(4096)));
  await rm(probe);
  return folder;
}

/** Writes a JSON file, whole or not at all. */
export async function writeJsonFile(path: string, value: unknown): Promise<void> {
  const bytes = new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`);
  await writeFileAtomically(path, (write) => write(bytes));
}

/** Reads a run's record. @throws ThawlineError BAD_MODEL_FILE where it is no JSON object */
export async function readRunRecord(path: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    const record: unknown = JSON.parse(await readFile(path, "utf8"));
    if (typeof record === "object" && record !== null) return record as Record<string, unknown>;
  } catch (cause) {
    throw new ThawlineError("BAD_MODEL_FILE", `${path}: expected the record of a run as JSON`, { cause });
  }
  throw new ThawlineError("BAD_MODEL_FILE", `${path}: expected the record of a run as a JSON object`);
}
