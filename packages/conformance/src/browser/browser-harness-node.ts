import { basename, dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { BackendError } from "@thawline/core";
import type { BackendReport, RunSuiteOptions } from "../run-suite.ts";
import { type BrowserBackend, browserBackends } from "./browser-backends.ts";
import { type BrowserTarget, openBrowserTarget } from "./browser-target-node.ts";
import { type Browser, launchChromium } from "./chromium-node.ts";
import { openPageSession, type PageMessage } from "./page-session-node.ts";
import { findServedPackages, packageNameOf, type ServedPackages } from "./served-packages-node.ts";
import { startStaticServer } from "./static-server-node.ts";

/** Where things are, and whom to tell. */
export interface BrowserHarnessOptions {
  /** Program of the browser; default Playwright's own or one of the system. */
  readonly chromiumPath?: string;
  /** Folders from which backends and runtimes are looked up, as Node does; default this package's and the current one. */
  readonly resolveFrom?: readonly string[];
  /** Files to load for some specifiers instead of what is installed: a backend that is being written. */
  readonly modules?: Readonly<Record<string, string>>;
  /** The page's script; default the built one of this package. */
  readonly pageScript?: string;
  /** A case that takes longer fails; default 120,000. */
  readonly caseTimeoutMs?: number;
  /** Warnings and errors of the pages' consoles; default errors to `console.error`. */
  readonly onMessage?: (message: PageMessage) => void;
}

/** A browser and a server for the suite. */
export interface BrowserHarness {
  /** Version that the browser says it has. */
  readonly browserVersion: string;
  /** Origin of the server. */
  readonly origin: string;
  /**
   * Opens a backend in a page of its own. The caller closes it.
   * @throws BackendError BACKEND_UNAVAILABLE where it is not installed or does not work in this browser
   */
  open(backend: string | BrowserBackend): Promise<BrowserTarget>;
  /** Opens a backend, runs the suite on it and closes it. */
  runInBrowser(backend: string | BrowserBackend, options?: Omit<RunSuiteOptions, "runtime">): Promise<BackendReport>;
  /** Ends browser and server. Further calls do nothing. */
  close(): Promise<void>;
}

const escaped = (json: unknown): string => JSON.stringify(json).replaceAll("<", "\\u003c");

const pageText = (script: string, imports: Readonly<Record<string, string>>): string => `<!doctype html>
<meta charset="utf-8"><title>Conformance</title><link rel="icon" href="data:,">
<script type="importmap">${escaped({ imports })}</script>
<script type="module" src="/page/${script}"></script>
`;

function backendOf(backend: string | BrowserBackend): BrowserBackend {
  if (typeof backend !== "string") return backend;
  const known = browserBackends.find(({ name }) => name === backend);
  if (known !== undefined) return known;
  const names = browserBackends.map(({ name }) => name).join(", ");
  throw new RangeError(`there is no browser backend "${backend}"; there are ${names}`);
}

/** Options with the URLs that "package:" stands for. */
function resolvedOptions({ options = {} }: BrowserBackend, origin: string): Record<string, unknown> {
  const resolve = (value: unknown): unknown =>
    typeof value === "string" && value.startsWith("package:")
      ? `${origin}/packages/${value.slice("package:".length)}`
      : value;
  return Object.fromEntries(Object.entries(options).map(([key, value]) => [key, resolve(value)]));
}

function requireInstalled(backend: BrowserBackend, packages: readonly string[], served: ServedPackages): void {
  const missing = packages.filter((name) => !served.packages.has(name));
  if (missing.length === 0) return;
  const what = missing.join(" and ");
  const message = `needs ${what}, which is not installed; run: npm install ${missing.join(" ")}`;
  throw new BackendError("BACKEND_UNAVAILABLE", backend.name, message);
}

const printErrors = ({ backend, level, text }: PageMessage): void => {
  if (level === "error") console.error(`${backend}: ${text}`);
};

/**
 * Starts a server on 127.0.0.1 and a Chromium for the backends that run in browsers. The server gives out the page, the
 * backends' packages and their runtimes, as they are installed: nothing is bundled, and nothing else is served.
 * @throws BackendError BACKEND_UNAVAILABLE where Playwright or Chromium is missing, with what to install
 */
export async function startBrowserHarness(options: BrowserHarnessOptions = {}): Promise<BrowserHarness> {
  const here = dirname(fileURLToPath(import.meta.url));
  const { modules = {}, caseTimeoutMs = 120_000, onMessage = printErrors, chromiumPath } = options;
  const pageFile = options.pageScript ?? fileURLToPath(new URL("./browser/page.js", import.meta.url));
  const from = options.resolveFrom ?? [here, process.cwd()];
  const texts = new Map([["/empty.js", "export default {};\n"]]);
  const folders = new Map([["/page/", dirname(pageFile)]]);
  const overrides: Record<string, string> = {};
  Object.entries(modules).forEach(([specifier, file], i) => {
    folders.set(`/modules/${i}/`, dirname(file));
    overrides[specifier] = `/modules/${i}/${basename(file)}`;
  });

  const server = await startStaticServer(() => ({ texts, folders }));
  let browser: Browser;
  try {
    browser = await launchChromium(chromiumPath);
  } catch (error) {
    await server.close();
    throw error;
  }

  const open = async (asked: string | BrowserBackend): Promise<BrowserTarget> => {
    const backend = backendOf(asked);
    const own = packageNameOf(backend.module);
    const runtimes = backend.runtimes ?? [];
    const served = findServedPackages([own, ...runtimes], from);
    requireInstalled(backend, overrides[backend.module] === undefined ? [own, ...runtimes] : runtimes, served);
    for (const { name, folder } of served.packages.values()) folders.set(`/packages/${name}/`, folder);
    const path = `/${backend.name}.html`;
    texts.set(path, pageText(basename(pageFile), { ...served.imports, ...overrides }));
    const versions = runtimes.map((name) => `${name} ${served.packages.get(name)!.version}`);
    return openBrowserTarget({
      name: backend.name,
      request: {
        module: backend.module,
        factory: backend.factory,
        options: resolvedOptions(backend, server.origin),
      },
      versions: [...versions, `Chromium ${browser.version()}`],
      openSession: () => openPageSession({ browser, url: server.origin + path, backend: backend.name, onMessage }),
      caseTimeoutMs,
    });
  };
  let closing: Promise<void> | undefined;
  return {
    browserVersion: browser.version(),
    origin: server.origin,
    open,
    async runInBrowser(backend, suite) {
      const target = await open(backend);
      try {
        return await target.runSuite(suite);
      } finally {
        await target.close();
      }
    },
    close: () => (closing ??= Promise.all([browser.close(), server.close()]).then(() => undefined)),
  };
}
