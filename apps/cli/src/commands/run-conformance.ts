import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { ThawlineError } from "@thawline/core";
import { writeFileAtomically } from "@thawline/vectors/node";
import { describeFixtures, describeSuite } from "../conformance/describe-results.ts";
import { readFixtureFolder } from "../conformance/fixture-files.ts";
import { type Absent, type Outcome, onEach, runSuiteOn } from "../conformance/run-all.ts";
import { type Selection, selectBackends } from "../conformance/select-backends.ts";
import { createSubjects, type Subjects } from "../conformance/subjects.ts";
import type { Io } from "../io.ts";
import { UsageError } from "../options/usage-error.ts";
import { counted, seconds } from "../output/format.ts";
import { createProgressLine } from "../output/progress-line.ts";
import type { BackendName } from "../pipeline/backend-names.ts";

/** Flags of the command. */
export interface ConformanceFlags {
  readonly fixtures?: string;
  readonly backend?: readonly (BackendName | "all")[];
  readonly require?: readonly (BackendName | "all")[];
  readonly report?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** Talk of a run: a line that changes on a terminal, and one line a backend. */
interface Talk {
  progress(text: string): void;
  say(text: string): void;
  clear(): void;
}

function createTalk(io: Io, isQuiet: boolean): Talk {
  const line = createProgressLine(io, isQuiet);
  return {
    progress: line.show,
    clear: line.clear,
    say(text) {
      line.clear();
      if (!isQuiet) io.stderr.write(`${text}\n`);
    },
  };
}

/** 3 where a case failed (the gate), 1 where a backend is missing that must not be, or nothing could be run. */
function exitCode(hasFailed: boolean, hasRun: boolean, absent: readonly Absent[]): number {
  if (hasFailed) return 3;
  return !hasRun || absent.some(({ isFailure }) => isFailure) ? 1 : 0;
}

async function writeReports(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    for (const [name, text] of Object.entries(files)) {
      await writeFileAtomically(join(folder, name), (write) => write(new TextEncoder().encode(text)));
    }
  } catch (cause) {
    if (ThawlineError.isInstance(cause)) throw cause;
    throw new ThawlineError("OUTPUT_FAILED", `cannot write to ${folder}: ${(cause as Error).message}`, { cause });
  }
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

function sayAbsent({ absent }: Outcome<unknown>, say: Talk["say"]): void {
  for (const { name, reason } of absent) say(`${name} is not here: ${reason}`);
}

async function runFixtures(
  { fixtures, json: asJson }: ConformanceFlags,
  { selection, subjects, io, talk }: { selection: Selection; subjects: Subjects; io: Io; talk: Talk },
): Promise<number> {
  const { files, others } = await readFixtureFolder(fixtures!);
  for (const file of others) talk.say(`${file} is no fixture: it has neither "cases" nor "optimizer_config"`);
  const outcome = await onEach(selection, subjects, async (subject) => {
    const found = [];
    for (const { file, content } of files) {
      talk.progress(`${subject.name}: ${file} …`);
      found.push(...(await subject.runFixtureFile(content, file)));
    }
    return found;
  });
  talk.clear();
  const results = outcome.results.flat();
  if (asJson) {
    sayAbsent(outcome, talk.say);
    io.stdout.write(json(results));
  } else io.stdout.write(describeFixtures(results, outcome.absent));
  const hasFailed = results.some(({ status }) => status === "fail");
  return exitCode(hasFailed, outcome.results.length > 0, outcome.absent);
}

async function runTheSuite(
  { report: folder, json: asJson }: ConformanceFlags,
  { selection, subjects, io, talk }: { selection: Selection; subjects: Subjects; io: Io; talk: Talk },
): Promise<number> {
  const { allCases, joinReports, reportToMarkdown } = await import("@thawline/conformance");
  const total = allCases().length;
  const outcome = await onEach(selection, subjects, async (subject, name) => {
    const started = performance.now();
    const report = await runSuiteOn(subject, name, (done) => talk.progress(`${name}: case ${done} of ${total}`));
    const took = seconds(performance.now() - started);
    talk.say(`${name}: ${counted(report.cases, "case")}, ${report.passed} passed, ${report.failed} failed, ${took}`);
    return report;
  });
  talk.clear();
  const { results: reports, absent } = outcome;
  const joined = joinReports(reports);
  if (folder !== undefined) {
    await writeReports(folder, {
      "conformance-report.json": json(joined),
      "conformance-report.md": reportToMarkdown(joined),
    });
  }
  if (asJson) {
    sayAbsent(outcome, talk.say);
    io.stdout.write(json(joined));
  } else io.stdout.write(describeSuite(reports, absent));
  return exitCode(
    reports.some(({ failed }) => failed > 0),
    reports.length > 0,
    absent,
  );
}

/** `thawline conformance` with parsed flags. Exit code 3 where a case failed, 1 where a backend is missing. */
export async function runConformance(flags: ConformanceFlags, io: Io): Promise<number> {
  if (flags.fixtures !== undefined && flags.report !== undefined) {
    throw new UsageError("--report is about the suite: leave it out with --fixtures, or take --json");
  }
  const talk = createTalk(io, flags.quiet ?? false);
  const subjects = createSubjects({
    chromiumPath: io.env.CHROMIUM_PATH,
    onMessage: ({ backend, level, text }) => {
      if (level === "error") talk.say(`${backend}: the page says: ${text.split("\n", 1)[0]}`);
    },
  });
  const run = { selection: selectBackends(flags, io.env), subjects, io, talk };
  try {
    return await (flags.fixtures === undefined ? runTheSuite(flags, run) : runFixtures(flags, run));
  } finally {
    talk.clear();
    await subjects.close();
  }
}
