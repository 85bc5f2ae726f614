import { referenceBackend } from "@thawline/backend-reference";
import { describe, expect, it } from "vitest";
import { allCases, checkCase, joinReports, reportToMarkdown, runSuite } from "../../src/index.ts";
import { brokenTargets } from "./broken-targets.ts";

const byId = new Map(allCases().map((item) => [item.id, item]));

describe("the suite rejects", () => {
  for (const { fault, target, caughtBy } of brokenTargets) {
    it.each(caughtBy)(`${fault}, by %s`, async (id) => {
      const item = byId.get(id);
      expect(item, `there should be a case ${id}`).toBeDefined();
      const broken = await checkCase(target(), item!);
      expect(broken.status, JSON.stringify(broken)).toBe("fail");
      // The same case passes where nothing is broken: it is the fault that it sees.
      expect((await checkCase({ backend: referenceBackend() }, item!)).status).toBe("pass");
    });
  }

  it("never throws, whatever a backend does", async () => {
    const backend = { ...referenceBackend(), compile: () => Promise.reject(new Error("no")) };
    const report = await runSuite({ backend });
    // What never compiles anything cannot fail.
    expect(report.results.filter(({ status }) => status === "pass").map(({ id }) => id)).toEqual([
      "contract/supports-is-sound",
    ]);
  });
});

describe("cases", () => {
  it("have ids of their own, at least 150 of them, that begin with their family", () => {
    const cases = allCases();
    expect(cases.length).toBeGreaterThanOrEqual(150);
    expect(new Set(cases.map(({ id }) => id)).size).toBe(cases.length);
    expect(cases.filter(({ id, family }) => !id.startsWith(`${family}/`))).toEqual([]);
  });

  it("are plain data", () => {
    // −0 is the one number that JSON does not keep; undefined and functions it would drop.
    for (const item of allCases())
      expect(JSON.parse(JSON.stringify(item))).toEqual(JSON.parse(JSON.stringify({ ...item })));
    const kinds = new Set(allCases().flatMap((item) => valueKinds(item)));
    expect([...kinds].sort()).toEqual(["boolean", "number", "string"]);
  });
});

function valueKinds(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(valueKinds);
  if (typeof value === "object" && value !== null) return Object.values(value).flatMap(valueKinds);
  return [typeof value];
}

describe("limits", () => {
  const some = allCases().filter(({ id }) => id.startsWith("forward/Erf/") || id === "forward/Add/same");

  it("that supports declares are asserted, not skipped", async () => {
    const inner = referenceBackend();
    const supports = { ...inner.supports, ops: inner.supports.ops.filter((op) => op !== "Erf") };
    const lazy = await runSuite({ backend: { ...inner, supports } }, { cases: some });
    expect(lazy).toMatchObject({ passed: 1, failed: 2, unsupported: 0 });
    const { UnsupportedOpError } = await import("@thawline/core");
    const honest = await runSuite(
      {
        backend: {
          ...inner,
          supports,
          compile: (graph, request) =>
            graph.nodes.some(({ op }) => op === "Erf")
              ? Promise.reject(new UnsupportedOpError("Erf", "honest"))
              : inner.compile(graph, request),
        },
      },
      { cases: some },
    );
    expect(honest).toMatchObject({ passed: 1, failed: 0, unsupported: 2 });
  });

  it("that are listed as known failures are strict", async () => {
    const known = (id: string) => ({ id, reason: "r", link: "https://example.org/1", date: "2026-01-01" });
    const target = { backend: referenceBackend() };
    const passing = await runSuite(target, { cases: some, knownFailures: [known("forward/Add/same")] });
    expect(passing).toMatchObject({ failed: 1, expectedFailures: 0 });
    const absent = await runSuite(target, { cases: some, knownFailures: [known("forward/Add/nothing")] });
    expect(absent.results.at(-1)).toMatchObject({ id: "forward/Add/nothing", status: "fail" });
    const failing = await runSuite(
      { backend: { ...referenceBackend(), compile: () => Promise.reject(new Error("no")) } },
      { cases: some.slice(0, 1), knownFailures: [known(some[0]!.id)] },
    );
    expect(failing).toMatchObject({ failed: 0, expectedFailures: 1 });
    const text = reportToMarkdown(joinReports([passing, failing]));
    expect(text).toContain("| reference | 3 | 2 | 1 | 0 |");
    expect(text).toContain("expected-failure");
  });
});
