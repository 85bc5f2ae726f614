// Finds a Chromium for the tests in a browser: one that is there, Playwright's, or Debian's package.
import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { runCommand } from "./lib/run-command.mjs";
import { repositoryRoot } from "./lib/workspace.mjs";
import { firstThatWorks, mayReach, runOrFail } from "./provision-tools.mjs";

const commands = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
const macApps = ["Google Chrome.app/Contents/MacOS/Google Chrome", "Chromium.app/Contents/MacOS/Chromium"];
const playwrightHost = "https://cdn.playwright.dev";

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The version that a browser prints, or undefined where it does not start (a snap's stub, a missing library). */
async function versionOf(path) {
  if (!isExecutable(path)) return undefined;
  // On Windows chrome.exe opens a window instead of printing.
  if (process.platform === "win32") return "unknown";
  const { code, stdout } = await runCommand([path, "--version"]);
  return code === 0 ? stdout.trim() : undefined;
}

/** Where a browser of the system may be. */
function candidates() {
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  return [
    ...commands.flatMap((command) => folders.map((folder) => join(folder, command))),
    ...commands.map((command) => join("/usr/bin", command)),
    ...macApps.map((app) => join("/Applications", app)),
  ];
}

async function firstWorking(paths, source) {
  for (const path of new Set(paths)) {
    const version = await versionOf(path);
    if (version !== undefined) return { path, version, source };
  }
  return undefined;
}

async function playwrightPath() {
  const { chromium } = await import("playwright");
  return chromium.executablePath();
}

async function usePlaywright() {
  const { env } = process;
  const host = env.PLAYWRIGHT_DOWNLOAD_HOST ?? playwrightHost;
  if (!(await mayReach(host))) throw new Error(`${new URL(host).hostname} cannot be reached`);
  const cli = join(repositoryRoot, "node_modules", "playwright", "cli.js");
  await runOrFail([process.execPath, cli, "install", "chromium"], { env: { CI: "1" } });
  const found = await firstWorking([await playwrightPath()], "playwright");
  if (found === undefined) throw new Error("what Playwright installed does not start; see its install --with-deps");
  return found;
}

async function useApt(say) {
  if (!existsSync("/usr/bin/apt-get")) throw new Error("this system has no apt-get");
  if (process.getuid?.() !== 0) throw new Error("installing a package takes root; run: apt-get install chromium");
  const install = ["apt-get", "install", "-y", "--no-install-recommends", "chromium"];
  const options = { env: { DEBIAN_FRONTEND: "noninteractive" } };
  if ((await runCommand(install, options)).code !== 0) {
    say("updating the package lists first");
    await runOrFail(["apt-get", "update"], options);
    await runOrFail(install, options);
  }
  const found = await firstWorking(candidates(), "apt");
  if (found === undefined) throw new Error("the package chromium is installed, but no browser starts");
  return found;
}

/**
 * Makes a Chromium available.
 * @param {(text: string) => void} say takes lines of progress
 * @returns {Promise<{ path: string, version: string, source: "CHROMIUM_PATH" | "system" | "playwright" | "apt" }>}
 */
export async function provisionChromium(say) {
  const { CHROMIUM_PATH: asked } = process.env;
  if (asked) {
    const found = await firstWorking([asked], "CHROMIUM_PATH");
    if (found === undefined) throw new Error(`CHROMIUM_PATH is ${asked}, which does not start`);
    return found;
  }
  const present =
    (await firstWorking(candidates(), "system")) ?? (await firstWorking([await playwrightPath()], "playwright"));
  if (present !== undefined) return present;
  const ways = [
    { name: "Playwright's download", run: usePlaywright },
    { name: "Debian's package", run: () => useApt(say) },
  ];
  return firstThatWorks(ways, say);
}
