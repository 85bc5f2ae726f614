import { opNames } from "@thawline/core";
import { createHead } from "@thawline/heads";
import { createSubjects, type Subject } from "../conformance/subjects.ts";
import type { Io } from "../io.ts";
import { createProgressLine } from "../output/progress-line.ts";
import { textTable } from "../output/text-table.ts";
import { type BackendName, backendNames, installCommand, isNodeBackend } from "../pipeline/backend-names.ts";
import { chooseBackend } from "../pipeline/choose-backend.ts";

interface BackendState {
  readonly name: BackendName;
  /** Where it runs; those of browsers are tried in a Chromium. */
  readonly place: "node" | "browser";
  readonly works: boolean;
  /** Why not; null where it works. */
  readonly reason: string | null;
  /** The command that installs it; null where it comes along, or works. */
  readonly install: string | null;
  readonly runtime: string | null;
  readonly precision: string | null;
  readonly bitReproducible: boolean | null;
  readonly ops: number | null;
}

/** Cases that show whether a backend computes, and differentiates, at all. */
const trials = ["head/linear/plain", "head/cnn/valid"];

/** Why a backend that opens does not work after all, or null. */
async function problemOf(subject: Subject): Promise<string | null> {
  const { allCases } = await import("@thawline/conformance");
  const cases = allCases().filter(({ id }) => trials.includes(id));
  const { results } = await subject.runSuite({ cases });
  const failed = results.find(({ status }) => status !== "pass");
  return failed === undefined ? null : `it gives wrong numbers: ${failed.id}, ${failed.worst}`;
}

async function stateOf(name: BackendName, open: (name: BackendName) => Promise<Subject>): Promise<BackendState> {
  const place = isNodeBackend(name) ? "node" : "browser";
  const nothing = { runtime: null, precision: null, bitReproducible: null, ops: null };
  try {
    const subject = await open(name);
    try {
      const reason = await problemOf(subject);
      const { precision, bitReproducible, ops } = subject.supports;
      const facts = { runtime: subject.runtime, precision, bitReproducible, ops: ops.length };
      return { name, place, works: reason === null, reason, install: null, ...facts };
    } finally {
      await subject.close();
    }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const reason = message.replace(/^backend "[^"]*": /, "");
    return { name, place, works: false, reason, install: installCommand(name), ...nothing };
  }
}

/** What `auto` picks for training heads of common size. */
async function autoPicks() {
  const pick = async (type: string) => {
    const { name, reason, backend } = await chooseBackend(createHead({ type, dimension: 100, classes: 2 }), "train");
    await backend.close();
    return { head: type, name, reason };
  };
  return { pooled: await pick("linear"), sequence: await pick("cnn") };
}

function describe(backends: readonly BackendState[], auto: Awaited<ReturnType<typeof autoPicks>>): string {
  const rows = backends.map(({ name, works, precision, ops, runtime }) => [
    name,
    works ? "works" : "does not work",
    precision === null ? "–" : `${precision}, ${ops} of ${opNames.length} ops`,
    runtime ?? "–",
  ]);
  const problems = backends
    .filter(({ works }) => !works)
    .map(({ name, reason, install }) => {
      const advice = install === null || reason?.includes("npm install") ? "" : `\n  to install it: ${install}`;
      return `${name}: ${reason}${advice}`;
    });
  return [
    textTable(["backend", "here", "supports", "runtime"], rows),
    "",
    ...(problems.length === 0 ? [] : [...problems, ""]),
    `auto picks for pooled heads (linear, mlp): ${auto.pooled.name}: ${auto.pooled.reason}`,
    `auto picks for sequence heads (cnn, attention), here for a cnn: ${auto.sequence.name}: ${auto.sequence.reason}`,
    "",
  ].join("\n");
}

/** `thawline backends` with parsed flags: opens every backend and has it compute, those of browsers in a Chromium. */
export async function runBackends(
  { json, quiet = false, browsers = true }: { json?: boolean; quiet?: boolean; browsers?: boolean },
  io: Io,
): Promise<void> {
  const progress = createProgressLine(io, quiet);
  const subjects = createSubjects({ chromiumPath: io.env.CHROMIUM_PATH, onMessage: () => {} });
  const backends: BackendState[] = [];
  try {
    for (const name of backendNames) {
      if (!browsers && !isNodeBackend(name)) continue;
      progress.show(`${name} …`);
      backends.push(await stateOf(name, subjects.open));
    }
  } finally {
    await subjects.close();
  }
  progress.show("auto …");
  const auto = await autoPicks();
  progress.clear();
  if (json) io.stdout.write(`${JSON.stringify({ command: "backends", backends, auto }, null, 2)}\n`);
  else io.stdout.write(describe(backends, auto));
}
