import { describe, expect, it } from "vitest";
import { readVitestReport } from "./lib/read-vitest-report.mjs";
import { checkStep, runSteps } from "./lib/run-steps.mjs";

const node = (script) => [process.execPath, "-e", script];
const test = (status, fullName = "a test") => ({ status, fullName });

/** A report as vitest 4 writes it, reduced to the fields that are read. */
function report(files) {
  const all = files.flatMap(({ assertionResults }) => assertionResults);
  return {
    numPassedTests: all.filter(({ status }) => status === "passed").length,
    numFailedTests: all.filter(({ status }) => status === "failed").length,
    testResults: files,
  };
}

const passing = { name: "a.test.ts", status: "passed", assertionResults: [test("passed"), test("passed")] };

describe("runSteps", () => {
  async function run(steps) {
    let text = "";
    const total = await runSteps(steps, { write: (part) => (text += part) });
    return { total, text };
  }

  it("adds up what passed and hides its output", async () => {
    const { total, text } = await run([
      checkStep("one", node("console.log('chatter')")),
      { name: "two", command: node(""), count: () => ({ passed: 5, failed: 0 }) },
    ]);
    expect(total).toEqual({ passed: 6, failed: 0 });
    expect(text).toMatch(/^one … ok, [\d.]+ s\ntwo … ok \(5 passed, 0 failed\), [\d.]+ s\n$/);
  });

  it("stops at the first failure and shows its output", async () => {
    const { total, text } = await run([
      checkStep("one", node("")),
      checkStep("two", node("console.error('the reason'); process.exit(3)")),
      checkStep("three", node("")),
    ]);
    expect(total).toEqual({ passed: 1, failed: 1 });
    expect(text).toMatch(/two … FAILED, [\d.]+ s\nthe reason\n$/);
  });

  it.each([
    ["a program that does not exist", ["thawline-no-such-program"]],
    ["a program that is killed", node("process.kill(process.pid, 'SIGKILL')")],
  ])("counts %s as failed", async (_, command) => {
    expect((await run([checkStep("one", command)])).total).toEqual({ passed: 0, failed: 1 });
  });

  it("never reports success for a command that failed, whatever was counted", async () => {
    const step = { name: "one", command: node("process.exit(1)"), count: () => ({ passed: 7, failed: 0 }) };
    expect((await run([step])).total).toEqual({ passed: 7, failed: 1 });
  });

  it("counts a report that cannot be read as failed", async () => {
    const step = { name: "one", command: node(""), count: () => JSON.parse("{") };
    const { total, text } = await run([step, checkStep("two", node(""))]);
    expect(total).toEqual({ passed: 0, failed: 1 });
    expect(text).toContain("SyntaxError");
  });
});

describe("readVitestReport", () => {
  it("counts tests", () => {
    const failing = { name: "b.test.ts", status: "failed", assertionResults: [test("passed"), test("failed")] };
    expect(readVitestReport(report([passing]), 0)).toEqual({ passed: 2, failed: 0, problems: [], notes: [] });
    expect(readVitestReport(report([passing, failing]), 1)).toEqual({ passed: 3, failed: 1, problems: [], notes: [] });
  });

  it("fails where no report was written or no test ran", () => {
    expect(readVitestReport(undefined, 0).failed).toBe(1);
    expect(readVitestReport(report([]), 0).failed).toBe(1);
  });

  it("fails on a file that cannot be imported", () => {
    const broken = { name: "b.test.ts", status: "failed", assertionResults: [] };
    expect(readVitestReport(report([passing, broken]), 1)).toMatchObject({ passed: 2, failed: 1 });
  });

  it.each(["skipped", "pending"])("fails on a test that was %s", (status) => {
    const file = { name: "b.test.ts", status: "passed", assertionResults: [test(status, "group name")] };
    const { failed, problems } = readVitestReport(report([passing, file]), 0);
    expect(failed).toBe(1);
    expect(problems[0]).toContain(`"group name" was ${status}`);
  });

  it("names todos, and counts them neither way", () => {
    const file = { name: "b.test.ts", status: "passed", assertionResults: [test("todo", "data not there")] };
    const expected = { passed: 2, failed: 0, problems: [], notes: ["todo: data not there"] };
    expect(readVitestReport(report([passing, file]), 0)).toEqual(expected);
  });

  it("fails on an error outside of tests", () => {
    expect(readVitestReport(report([passing]), 1)).toMatchObject({ passed: 2, failed: 1 });
  });
});
