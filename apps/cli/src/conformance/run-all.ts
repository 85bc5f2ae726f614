import type { BackendReport } from "@thawline/conformance";
import { BackendError, ThawlineError } from "@thawline/core";
import type { BackendName } from "../pipeline/backend-names.ts";
import { knownFailuresOf } from "./known-failures.ts";
import type { Selection } from "./select-backends.ts";
import type { Subject, Subjects } from "./subjects.ts";

/** A backend that did not run. */
export interface Absent {
  readonly name: BackendName;
  readonly reason: string;
  /** Absent though it was named or required. */
  readonly isFailure: boolean;
}

/** What became of the backends of a selection. */
export interface Outcome<T> {
  readonly results: readonly T[];
  readonly absent: readonly Absent[];
}

/**
 * Opens one backend after the other and lets `use` work on it. A backend that is not here is left out and told.
 * @throws what `use` throws
 */
export async function onEach<T>(
  { names, required }: Selection,
  subjects: Subjects,
  use: (subject: Subject, name: BackendName) => Promise<T>,
): Promise<Outcome<T>> {
  const results: T[] = [];
  const absent: Absent[] = [];
  for (const name of names) {
    let subject: Subject;
    try {
      subject = await subjects.open(name);
    } catch (error) {
      if (!ThawlineError.isInstance(error) || error.code !== "BACKEND_UNAVAILABLE") throw error;
      // The name stands beside it already.
      const reason = error.message.replace(/^backend "[^"]*": /, "");
      absent.push({ name, reason, isFailure: required.has(name) });
      continue;
    }
    try {
      results.push(await use(subject, name));
    } finally {
      await subject.close();
    }
  }
  return { results, absent };
}

/** Runs the suite on one backend, with the known failures of its package. */
export async function runSuiteOn(
  subject: Subject,
  name: BackendName,
  onResult: (done: number) => void,
): Promise<BackendReport> {
  const knownFailures = await knownFailuresOf(name);
  let done = 0;
  const report = await subject.runSuite({ knownFailures, onResult: () => onResult(++done) });
  if (report.cases === 0) throw new BackendError("BACKEND_FAILED", name, "no case was run");
  return report;
}
