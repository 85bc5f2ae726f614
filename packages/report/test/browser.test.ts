import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type * as report from "../src/index.ts";
import { renderReport } from "../src/index.ts";
import { sampleRun } from "./sample-run.ts";

// Where no Chromium is found this file fails, and says how to get one.
const systemPaths = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome-stable"];
const candidates = [process.env.CHROMIUM_PATH ?? "", chromium.executablePath(), ...systemPaths];
const packages = fileURLToPath(new URL("../..", import.meta.url));

let browser: Browser | undefined;
let page: Page;

/** The package as a browser would have it, bundled from the sources. */
async function bundle(): Promise<string> {
  const outDir = mkdtempSync(join(tmpdir(), "thawline-report-page-"));
  try {
    await build({
      configFile: false,
      logLevel: "error",
      resolve: {
        alias: [
          { find: /^@thawline\/(core|analysis)$/, replacement: `${packages}$1/src/index.ts` },
          // In one file everything is evaluated at once, and what linkedom would take if it were there is not there.
          { find: "canvas", replacement: fileURLToPath(new URL("./no-canvas.ts", import.meta.url)) },
        ],
      },
      build: {
        outDir,
        target: "es2022",
        minify: false,
        lib: {
          entry: fileURLToPath(new URL("../src/index.ts", import.meta.url)),
          formats: ["iife"],
          name: "report",
          fileName: () => "page.js",
        },
      },
    });
    return readFileSync(join(outDir, "page.js"), "utf8");
  } finally {
    rmSync(outDir, { recursive: true, force: true });
  }
}

beforeAll(async () => {
  const path = candidates.find((candidate) => candidate !== "" && existsSync(candidate));
  if (path === undefined)
    throw new Error("the report's test in a browser needs a Chromium: run `node scripts/provision.mjs chromium`");
  browser = await chromium.launch({ executablePath: path, args: ["--no-sandbox"] });
  page = await browser.newPage();
  await page.addScriptTag({ content: await bundle() });
}, 120_000);
afterAll(async () => {
  await browser?.close();
});

/** Text and tags; of charts without attributes, because Plot sets lines half a pixel off in browsers. */
const withoutPlaces = (html: string): string =>
  html.replace(/<svg[\s\S]*?<\/svg>/g, (svg) => svg.replace(/<(\w+)[^>]*?(\/?)>/g, "<$1$2>"));

describe("in a browser", () => {
  it("draws the same report with the page's own document, and leaves that alone", async () => {
    const html = await page.evaluate(async (data) => {
      const { report: made } = globalThis as unknown as { report: typeof report };
      const before = document.documentElement.outerHTML.length;
      const { html: text } = await made.renderReport(data);
      if (document.documentElement.outerHTML.length !== before) throw new Error("the page itself was changed");
      return text;
    }, sampleRun());
    const { html: inNode } = await renderReport(sampleRun());
    expect(withoutPlaces(html)).toBe(withoutPlaces(inNode));
  }, 60_000);

  it.each([
    ["a phone", 360],
    ["a tablet", 768],
    ["a desktop", 1280],
  ])(
    "fits %s: nothing to scroll sideways, one drawing of each chart",
    async (_, width) => {
      const { html } = await renderReport(sampleRun());
      const view = await browser!.newPage({ viewport: { width, height: 800 } });
      const requests: string[] = [];
      view.on("request", (request) => requests.push(request.url()));
      await view.setContent(html);
      const seen = await view.evaluate(() => ({
        overflow: document.documentElement.scrollWidth - window.innerWidth,
        drawings: Array.from(document.querySelectorAll("figure"), (figure) => {
          const shown = Array.from(figure.querySelectorAll(".drawing")).filter((each) => each.clientHeight > 0);
          // Letters of 12 px in the drawing, as large as the page shows them.
          const svg = shown[0]!.querySelector("svg")!;
          return { shown: shown.length, letters: (12 * svg.clientWidth) / svg.viewBox.baseVal.width };
        }),
      }));
      await view.close();
      expect(requests).toEqual([]);
      expect(seen.overflow).toBeLessThanOrEqual(0);
      for (const { shown, letters } of seen.drawings) {
        expect(shown).toBe(1);
        expect(letters).toBeGreaterThan(8.5);
      }
    },
    60_000,
  );
});
