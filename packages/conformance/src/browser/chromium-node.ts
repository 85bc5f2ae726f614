import { accessSync, constants } from "node:fs";
import { BackendError } from "@thawline/core";

/** Flags that every page gets. Software rendering stands in where there is no graphics processor. */
export const chromiumArguments: readonly string[] = Object.freeze([
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
  "--enable-features=Vulkan",
  "--use-vulkan=swiftshader",
  "--ignore-gpu-blocklist",
]);

const systemPaths = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
  "C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe",
];

const unavailable = (message: string, cause?: unknown): BackendError =>
  new BackendError("BACKEND_UNAVAILABLE", "chromium", message, cause === undefined ? {} : { cause });

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Playwright, by the parts that are used: its types stay out of this package's declarations. */
export type Playwright = typeof import("playwright");

async function loadPlaywright(): Promise<Playwright> {
  try {
    return await import("playwright");
  } catch (cause) {
    throw unavailable(
      "Playwright, which drives the browser, cannot be loaded; install it: npm install --save-dev playwright",
      cause,
    );
  }
}

/** The browser to start: the one asked for, else Playwright's own, else one of the system. */
function findChromium({ chromium }: Playwright, asked: string | undefined): string {
  if (asked !== undefined) {
    if (isExecutable(asked)) return asked;
    throw unavailable(`there is no program at ${asked}, which was given as the path of Chromium`);
  }
  const found = [chromium.executablePath(), ...systemPaths].find(isExecutable);
  if (found !== undefined) return found;
  throw unavailable(
    "no Chromium is installed; run `npx playwright install chromium`, or on Debian `apt-get install chromium` " +
      "(in Thawline's repository: `node scripts/provision.mjs chromium`), or give the path of one",
  );
}

/** A started browser. */
export type Browser = Awaited<ReturnType<Playwright["chromium"]["launch"]>>;

/**
 * Starts a Chromium.
 * @param path its program; default Playwright's own or the system's
 * @throws BackendError BACKEND_UNAVAILABLE where Playwright or the browser is missing or does not start
 */
export async function launchChromium(path?: string): Promise<Browser> {
  const playwright = await loadPlaywright();
  const executablePath = findChromium(playwright, path);
  try {
    return await playwright.chromium.launch({ executablePath, args: [...chromiumArguments] });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split("\n")[0] : String(cause);
    throw unavailable(`${executablePath} does not start: ${reason}`, cause);
  }
}
