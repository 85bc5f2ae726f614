import { allCases, checkCase, describeConformance } from "@thawline/conformance";
import { describe, expect, it, vi } from "vitest";
import { naiveBackend } from "./naive-backend.ts";

// An element at a time takes its time.
vi.setConfig({ testTimeout: 120_000 });

// Every case of the suite as a test of its own.
describeConformance({ describe, it }, "the naive backend", async () => ({ backend: naiveBackend() }));

it("lacks no more than it declares", async () => {
  const target = { backend: naiveBackend() };
  const erf = allCases().filter((item) => item.kind === "graph" && item.graph.nodes.some(({ op }) => op === "Erf"));
  expect(erf).not.toHaveLength(0);
  for (const item of erf) expect((await checkCase(target, item)).status).toBe("unsupported");
});
