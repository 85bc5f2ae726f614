import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright";
import { type AliasOptions, build } from "vite";
import { type Browser, launchChromium } from "../../packages/conformance/src/browser/chromium-node.ts";

const { CHROMIUM_PATH } = process.env;
const packages = fileURLToPath(new URL("../../packages/", import.meta.url));

/** A package as a browser would have it, in one script: bundled from the sources, with the browser's builds of what it imports. */
async function bundle(name: string, alias: AliasOptions): Promise<string> {
  const outDir = mkdtempSync(join(tmpdir(), `thawline-${name}-page-`));
  try {
    await build({
      configFile: false,
      logLevel: "error",
      resolve: { alias },
      build: {
        outDir,
        target: "es2022",
        minify: false,
        lib: { entry: join(packages, name, "src/index.ts"), formats: ["iife"], name, fileName: () => "page.js" },
      },
    });
    return readFileSync(join(outDir, "page.js"), "utf8");
  } finally {
    rmSync(outDir, { recursive: true, force: true });
  }
}

/** A page in a Chromium that has a package's exports as a global of the package's name. */
export interface PackagePage {
  readonly page: Page;
  /** The caller's to close. */
  readonly browser: Browser;
}

/**
 * Opens such a page. The browser is that of `CHROMIUM_PATH`, else Playwright's own or the system's.
 * @param name folder below `packages/`
 * @param stubs files to take in place of modules, by specifier
 * @throws BackendError BACKEND_UNAVAILABLE where there is no Chromium: a test that cannot run fails
 */
export async function openPackagePage(
  name: string,
  stubs: Readonly<Record<string, string>> = {},
): Promise<PackagePage> {
  const browser = await launchChromium(CHROMIUM_PATH || undefined);
  try {
    const page = await browser.newPage();
    const alias = [
      { find: /^@thawline\/([\w-]+)$/, replacement: join(packages, "$1/src/index.ts") },
      ...Object.entries(stubs).map(([find, replacement]) => ({ find, replacement })),
    ];
    await page.addScriptTag({ content: await bundle(name, alias) });
    return { page, browser };
  } catch (error) {
    await browser.close();
    throw error;
  }
}
