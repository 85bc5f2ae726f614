import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { launchChromium } from "../src/browser/chromium-node.ts";
import { openPageSession } from "../src/browser/page-session-node.ts";
import { type BrowserBackend, type BrowserHarness, startBrowserHarness } from "../src/browser-node.ts";
import { allCases, type ConformanceCase } from "../src/index.ts";
import { bundleForBrowser, type SourceBundle } from "./support/bundle-for-browser.ts";

const { CHROMIUM_PATH } = process.env;
const chromium = CHROMIUM_PATH ? { chromiumPath: CHROMIUM_PATH } : {};
const here = dirname(fileURLToPath(import.meta.url));

const troubled = (name: string): BrowserBackend => ({ name, module: "troubled", factory: `${name}Backend` });
const cpu: BrowserBackend = { name: "cpu", module: "@thawline/backend-cpu", factory: "cpuBackend" };
const caseOf = (id: string): ConformanceCase => allCases().find((item) => item.id === id)!;
const computing = caseOf("forward/Add/same");
const harmless = caseOf("contract/supports-is-sound");

let bundle: SourceBundle;
let harness: BrowserHarness;
const messages: string[] = [];

beforeAll(async () => {
  bundle = await bundleForBrowser();
  harness = await startBrowserHarness({
    ...chromium,
    pageScript: bundle.pageScript,
    modules: { ...bundle.modules, troubled: join(here, "support/troubled-backends.js") },
    caseTimeoutMs: 5000,
    onMessage: ({ backend, level, text }) => messages.push(`${backend} ${level} ${text}`),
  });
}, 120_000);
afterAll(async () => {
  await harness?.close();
  bundle?.remove();
}, 60_000);

describe("browser harness", { timeout: 60_000 }, () => {
  it("runs cases in the page, and tells of each as it comes", async () => {
    const seen: string[] = [];
    const report = await harness.runInBrowser(cpu, {
      cases: [computing, harmless],
      onResult: ({ id }) => seen.push(id),
    });
    expect(report).toMatchObject({ name: "cpu", cases: 2, passed: 2, failed: 0 });
    expect(report.runtime).toBe(`Chromium ${harness.browserVersion}`);
    expect(seen).toEqual([computing.id, harmless.id]);
  });

  it("judges known failures as runSuite does", async () => {
    const known = { reason: "none", link: "https://example.org", date: "2026-01-01" };
    const report = await harness.runInBrowser(cpu, {
      cases: [harmless],
      knownFailures: [
        { id: harmless.id, ...known },
        { id: "no/such/case", ...known },
      ],
    });
    expect(report).toMatchObject({ passed: 0, failed: 2 });
  });

  it("reports a backend that throws, with its message, and what the page's console said", async () => {
    const [result] = (await harness.runInBrowser(troubled("throwing"), { cases: [caseOf("contract/set-stays")] }))
      .results;
    expect(result).toMatchObject({ status: "fail", worst: "TypeError: no shader today" });
    expect(messages).toContain("throwing error about to throw");
  });

  it("reports a case that the page does not know how to carry out", async () => {
    const strange: ConformanceCase = {
      kind: "contract",
      family: "contract",
      id: "contract/strange",
      behaviour: "strange",
    };
    const report = await harness.runInBrowser(cpu, { cases: [strange] });
    expect(report.results[0]).toMatchObject({ status: "fail", worst: 'Error: there is no behaviour "strange"' });
  });

  it.each([
    ["hanging", /no answer within 5 s/],
    ["waiting", /no answer within 5 s/],
    ["losing", /the WebGL context was lost/],
  ])("fails the case in which a %s backend ruins the page, and goes on in another page", async (name, why) => {
    const report = await harness.runInBrowser(troubled(name), { cases: [harmless, computing, harmless] });
    expect(report.results.map(({ status }) => status)).toEqual(["pass", "fail", "pass"]);
    expect(report.results[1]!.worst).toMatch(why);
  });

  it("gives up after some pages, and fails what was not run", async () => {
    const report = await harness.runInBrowser(troubled("losing"), { cases: new Array(8).fill(computing) });
    expect(report.failed).toBe(8);
    expect(report.results.at(-1)!.worst).toMatch(/not run: the page died 6 times; at last the WebGL context was lost/);
  });

  it("says why a backend cannot be opened", async () => {
    await expect(harness.open(troubled("absent"))).rejects.toMatchObject({
      code: "BACKEND_UNAVAILABLE",
      message: 'backend "absent": needs a device that is not there',
    });
    await expect(harness.open(troubled("impostor"))).rejects.toMatchObject({
      code: "BACKEND_FAILED",
      message: 'backend "impostor": the backend that was opened calls itself "somebody-else"',
    });
    await expect(harness.open({ ...cpu, factory: "gpuBackend" })).rejects.toThrow(/has no function "gpuBackend"/);
    await expect(harness.open({ ...cpu, module: "not-installed" })).rejects.toMatchObject({
      code: "BACKEND_UNAVAILABLE",
      message: expect.stringContaining("npm install not-installed"),
    });
    await expect(harness.open("tfjs-webgll")).rejects.toThrow(RangeError);
  });

  it("refuses a fixture file that is none, and runs one that is", async () => {
    const target = await harness.open(cpu);
    await expect(target.runFixtureFile({ kind: "recipe" }, "x.json")).rejects.toMatchObject({ code: "BAD_DATA_FILE" });
    await target.close();
  });

  it("notices a page that crashes", async () => {
    // Makes the page that is opened below.
    await (await harness.open(cpu)).close();
    const browser = await launchChromium(CHROMIUM_PATH);
    const session = await openPageSession({
      browser,
      url: `${harness.origin}/cpu.html`,
      backend: "cpu",
      onMessage: () => {},
    });
    const context = browser.contexts()[0]!;
    const devTools = await context.newCDPSession(context.pages()[0]!);
    await session.call("open", { module: "troubled", factory: "waitingBackend", options: {} }, 30_000);
    const never = session.call("check", computing, 30_000);
    void devTools.send("Page.crash").catch(() => {});
    await expect(never).rejects.toMatchObject({ code: "BACKEND_FAILED", message: 'backend "cpu": the page crashed' });
    await expect(session.call("close", undefined, 1000)).rejects.toThrow("the page crashed");
    await session.close();
    await browser.close();
  });

  it("closes once, however often it is asked", async () => {
    const another = await startBrowserHarness({ ...chromium, pageScript: bundle.pageScript });
    await Promise.all([another.close(), another.close()]);
    await another.close();
    await expect(fetch(another.origin)).rejects.toThrow();
  });

  it("says what to install where there is no browser", async () => {
    await expect(startBrowserHarness({ chromiumPath: join(here, "no-chromium") })).rejects.toMatchObject({
      code: "BACKEND_UNAVAILABLE",
      message: expect.stringContaining("no-chromium"),
    });
  });

  it("says what to install where there is no Playwright", async () => {
    vi.doMock("playwright", () => {
      throw new Error("Cannot find package 'playwright'");
    });
    await expect(startBrowserHarness(chromium)).rejects.toMatchObject({
      code: "BACKEND_UNAVAILABLE",
      message: expect.stringContaining("npm install --save-dev playwright"),
    });
    vi.doUnmock("playwright");
  });
});
