/**
 * Counts of a vitest JSON report, taken so that nothing that did not run counts as passed.
 * @param {any} report what vitest's JSON reporter wrote, undefined if it wrote nothing
 * @param {number} exitCode vitest's
 * @returns {{ passed: number, failed: number, problems: string[], notes: string[] }} `problems` says what failed besides
 *   failed tests: a skipped test is one. `notes` are the todos, which is how a file says which data it did not find
 */
export function readVitestReport(report, exitCode) {
  if (report === undefined) return { passed: 0, failed: 1, problems: ["vitest wrote no report"], notes: [] };
  const passed = report.numPassedTests;
  let failed = report.numFailedTests;
  const problems = [];
  const notes = [];
  const fail = (problem) => {
    failed += 1;
    problems.push(problem);
  };
  for (const { name, status, assertionResults } of report.testResults) {
    const hasFailedTest = assertionResults.some((test) => test.status === "failed");
    // A file that cannot be imported has no tests at all.
    if (status === "failed" && !hasFailedTest) fail(`${name}: the file failed outside its tests`);
    for (const test of assertionResults) {
      if (test.status === "todo") notes.push(`todo: ${test.fullName}`);
      else if (test.status !== "passed" && test.status !== "failed")
        fail(`${name}: "${test.fullName}" was ${test.status}`);
    }
  }
  if (passed === 0 && failed === 0) fail("no test ran");
  // Errors outside any test, for example an unhandled rejection after it.
  if (exitCode !== 0 && failed === 0) fail(`vitest exited with ${exitCode} though no test failed`);
  return { passed, failed, problems, notes };
}
