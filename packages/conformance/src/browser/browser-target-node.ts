import { BackendError, type BackendSupport } from "@thawline/core";
import type { ConformanceCase } from "../case.ts";
import type { CaseResult } from "../check/check-case.ts";
import { readFixtureFile } from "../fixtures/fixture-file.ts";
import type { FixtureResult } from "../fixtures/run-fixture-file.ts";
import { type BackendReport, type RunSuiteOptions, runCases } from "../run-suite.ts";
import type { OpenRequest } from "./page-protocol.ts";
import type { PageSession } from "./page-session-node.ts";

/** A backend that is open in a page. */
export interface BrowserTarget {
  readonly name: string;
  readonly supports: BackendSupport;
  /** Versions of the runtime and the browser, and the graphics device. */
  readonly runtime: string;
  /** As `runSuite`: the same cases, each of them run in the page. A case that kills or hangs the page fails. */
  runSuite(options?: Omit<RunSuiteOptions, "runtime">): Promise<BackendReport>;
  /**
   * As `runFixtureFile`, in the page.
   * @throws FormatError BAD_DATA_FILE where it is no fixture file
   * @throws BackendError BACKEND_FAILED where the page dies
   */
  runFixtureFile(json: unknown, file: string): Promise<readonly FixtureResult[]>;
  close(): Promise<void>;
}

/** What a target is made of. */
export interface TargetOptions {
  /** What the backend has to call itself. */
  readonly name: string;
  readonly request: OpenRequest;
  readonly versions: readonly string[];
  readonly openSession: () => Promise<PageSession>;
  readonly caseTimeoutMs: number;
}

/** Loading a runtime and asking for a device may take long on a busy machine. */
const openTimeoutMs = 120_000;
const closeTimeoutMs = 10_000;
const fixtureTimeoutMs = 600_000;

/** A page that keeps dying is not opened again for ever. */
const mostRestarts = 5;

/**
 * Opens a backend in a page.
 * @throws BackendError BACKEND_UNAVAILABLE where the backend does not work in this browser
 */
export async function openBrowserTarget(options: TargetOptions): Promise<BrowserTarget> {
  const { name, request, versions, openSession, caseTimeoutMs } = options;
  let restarts = 0;
  const open = async () => {
    const session = await openSession();
    try {
      const opened = await session.call("open", request, openTimeoutMs);
      if (opened.name === name) return { session, opened };
      throw new BackendError("BACKEND_FAILED", name, `the backend that was opened calls itself "${opened.name}"`);
    } catch (error) {
      await session.close();
      throw error;
    }
  };
  let { session, opened } = await open();
  const runtime = [...versions, ...(opened.device === null ? [] : [opened.device])].join(", ");

  /** A page in working order: another one in place of one that died. */
  const living = async (): Promise<PageSession> => {
    const death = session.death();
    if (death === undefined) return session;
    if (restarts === mostRestarts) throw new Error(`not run: the page died ${restarts + 1} times; at last ${death}`);
    restarts++;
    await session.close();
    ({ session, opened } = await open());
    return session;
  };
  const check = async (item: ConformanceCase): Promise<CaseResult> => {
    try {
      return await (await living()).call("check", item, caseTimeoutMs);
    } catch (error) {
      return { id: item.id, status: "fail", error: null, worst: error instanceof Error ? error.message : `${error}` };
    }
  };
  return {
    name,
    supports: opened.supports,
    runtime,
    runSuite: (suite = {}) => runCases(name, check, { ...suite, runtime }),
    async runFixtureFile(json, file) {
      readFixtureFile(json, file);
      return (await living()).call("fixture", { name: file, content: json }, fixtureTimeoutMs);
    },
    async close() {
      if (session.death() === undefined) await session.call("close", undefined, closeTimeoutMs).catch(() => {});
      await session.close();
    },
  };
}
