import { readFileSync } from "node:fs";
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

// A little of everything that takes its own way through a backend: `npm run conformance` runs the whole suite there.
const probes = [
  "forward/Erf/matrix",
  "gradient/MatMul/transposed-right",
  "edge/max-tie-goes-to-first",
  "head/cnn/valid",
  "contract/an-error-leaves-no-trace",
  "contract/concurrent-runs",
  "trajectory/repeated-ids",
  "freeze/row-rule-adam",
];
const probeFixtures = ["grad-mean.json", "grad-cnn.json", "traj-sparse-adam.json"];
// Software rendering on a machine that does other things as well.
const suiteTimeoutMs = 300_000;

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
  it("passes cases of each kind and PyTorch's fixtures", { timeout: suiteTimeoutMs }, async () => {
    const target = await harness!.open(name);
    const cases = allCases().filter(({ id }) => probes.includes(id));
    const report = await target.runSuite({ cases });
    const fixtureResults = [];
    for (const file of probeFixtures) {
      fixtureResults.push(
        ...(await target.runFixtureFile(JSON.parse(readFileSync(join(fixtures, file), "utf8")), file)),
      );
    }
    await target.close();

    expect(report.results.filter(({ status }) => status !== "pass")).toEqual([]);
    expect(report.results.map(({ id }) => id).sort()).toEqual([...probes].sort());
    expect(fixtureResults.length).toBeGreaterThan(0);
    expect(fixtureResults.filter(({ status }) => status !== "pass")).toEqual([]);
  });
});
