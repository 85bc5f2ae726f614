import type { BackendReport, FixtureResult, RunSuiteOptions } from "@thawline/conformance";
import type { BrowserHarness, PageMessage } from "@thawline/conformance/browser";
import type { BackendSupport } from "@thawline/core";
import { type BackendName, isNodeBackend } from "../pipeline/backend-names.ts";
import { openBackend } from "../pipeline/open-backend.ts";
import { runtimeOf } from "./runtime-of.ts";

/** A backend that is open, here or in a page, and can be held to the suite. */
export interface Subject {
  readonly name: string;
  readonly supports: BackendSupport;
  /** Versions, for people. */
  readonly runtime: string;
  runSuite(options?: Omit<RunSuiteOptions, "runtime">): Promise<BackendReport>;
  runFixtureFile(json: unknown, file: string): Promise<readonly FixtureResult[]>;
  close(): Promise<void>;
}

/** Opens backends wherever they run. */
export interface Subjects {
  /** @throws BackendError BACKEND_UNAVAILABLE with what to install */
  open(name: BackendName): Promise<Subject>;
  /** Ends the browser, where one was started. */
  close(): Promise<void>;
}

/** Where the browser is, and whom its pages talk to. */
export interface SubjectOptions {
  readonly chromiumPath: string | undefined;
  readonly onMessage: (message: PageMessage) => void;
}

async function openInNode(name: BackendName): Promise<Subject> {
  const { runFixtureFile, runSuite } = await import("@thawline/conformance");
  const backend = await openBackend(name);
  const runtime = await runtimeOf(name, backend);
  return {
    name,
    supports: backend.supports,
    runtime,
    runSuite: (options) => runSuite({ backend }, { ...options, runtime }),
    runFixtureFile: (json, file) => runFixtureFile(json, file, backend),
    close: () => backend.close(),
  };
}

/** Nothing is started before a backend of a browser is opened. */
export function createSubjects({ chromiumPath, onMessage }: SubjectOptions): Subjects {
  let harness: Promise<BrowserHarness> | undefined;
  const start = async (): Promise<BrowserHarness> => {
    const { startBrowserHarness } = await import("@thawline/conformance/browser");
    return startBrowserHarness({ onMessage, ...(chromiumPath ? { chromiumPath } : {}) });
  };
  return {
    open: async (name) => (isNodeBackend(name) ? openInNode(name) : (await (harness ??= start())).open(name)),
    close: async () => (await harness?.catch(() => undefined))?.close(),
  };
}
