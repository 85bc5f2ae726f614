import { fileURLToPath } from "node:url";
import type { Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openPackagePage, type PackagePage } from "../../../scripts/test/package-page.ts";
import type * as report from "../src/index.ts";
import { renderReport } from "../src/index.ts";
import { sampleRun } from "./sample-run.ts";

// Where no Chromium is found this file fails, and says how to get one.
let opened: PackagePage | undefined;
let page: Page;

beforeAll(async () => {
  opened = await openPackagePage("report", {
    // In one file everything is evaluated at once, and what linkedom would take if it were there is not there.
    canvas: fileURLToPath(new URL("./no-canvas.ts", import.meta.url)),
  });
  page = opened.page;
}, 120_000);
afterAll(async () => {
  await opened?.browser.close();
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
      const view = await opened!.browser.newPage({ viewport: { width, height: 800 } });
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
