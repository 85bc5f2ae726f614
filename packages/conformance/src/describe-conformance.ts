import { allCases } from "./cases/all-cases.ts";
import { checkCase } from "./check/check-case.ts";
import type { ConformanceTarget } from "./check/target.ts";

/** The two functions of a test runner that are needed; vitest's, Jest's and Mocha's fit. */
export interface TestRunner {
  describe(name: string, body: () => void): void;
  it(name: string, body: () => Promise<void>): void;
}

/** Registers the whole suite as tests, one a case. `open` is called once, by the first test. */
export function describeConformance(runner: TestRunner, name: string, open: () => Promise<ConformanceTarget>): void {
  let target: Promise<ConformanceTarget> | undefined;
  runner.describe(`conformance of ${name}`, () => {
    for (const item of allCases()) {
      runner.it(item.id, async () => {
        target ??= open();
        const result = await checkCase(await target, item);
        if (result.status === "fail") throw new Error(`${item.id}: ${result.worst} (error ${result.error})`);
      });
    }
  });
}
