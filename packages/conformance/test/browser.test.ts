import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BrowserHarness, browserBackends, startBrowserHarness } from "../src/browser-node.ts";
import { allCases } from "../src/index.ts";
import { bundleForBrowser, type SourceBundle } from "./support/bundle-for-browser.ts";

// Where no Chromium is found this file fails, and says how to get one: `node scripts/provision.mjs chromium`.
const { CHROMIUM_PATH } = process.env;
const here = dirname(fileURLToPath(import.meta.url));
const fixtures = join(here, "fixtures");

// Software rendering on a machine that does other things as well.
const suiteTimeoutMs = 900_000;

let bundle: SourceBundle | undefined;
let harness: BrowserHarness | undefined;

beforeAll(async () => {
  bundle = await bundleForBrowser();
  harness = await startBrowserHarness({
    pageScript: bundle.pageScript,
    modules: bundle.modules,
    ...(CHROMIUM_PATH ? { chromiumPath: CHROMIUM_PATH } : {}),
  });
}, 120_000);
afterAll(async () => {
  await harness?.close();
  bundle?.remove();
}, 60_000);

describe.each(browserBackends.map(({ name }) => name))("%s in Chromium", (name) => {
  it("passes the suite and the PyTorch fixtures", { timeout: suiteTimeoutMs }, async () => {
    const startedAt = performance.now();
    const target = await harness!.open(name);
    const report = await target.runSuite();
    const fixtureResults = [];
    for (const file of readdirSync(fixtures)) {
      fixtureResults.push(
        ...(await target.runFixtureFile(JSON.parse(readFileSync(join(fixtures, file), "utf8")), file)),
      );
    }
    await target.close();
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
    console.log(
      `${name}: ${report.cases} cases and ${fixtureResults.length} fixtures in ${seconds} s, ` +
        `worst error ${report.worstError.toExponential(1)}; ${report.runtime}`,
    );

    expect(report.results.filter(({ status }) => status !== "pass")).toEqual([]);
    expect(report.results.map(({ id }) => id)).toEqual(allCases().map(({ id }) => id));
    expect(fixtureResults.length).toBeGreaterThan(0);
    expect(fixtureResults.filter(({ status }) => status !== "pass")).toEqual([]);
  });
});
