// What `npm test` runs: every check and every test of the repository, one after the other, up to the first step that fails.
// The last line is always "N passed, N failed", where each check counts as one and a step that cannot run counts as failed.
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readTotals } from "./conformance.mjs";
import { readVitestReport } from "./lib/read-vitest-report.mjs";
import { checkStep, runSteps } from "./lib/run-steps.mjs";
import { readJson, repositoryRoot } from "./lib/workspace.mjs";

const node = process.execPath;
const tool = (path) => [node, join(repositoryRoot, "node_modules", path)];
const turbo = (task) => [...tool("turbo/bin/turbo"), "run", task, "--output-logs=errors-only"];
const scratch = mkdtempSync(join(tmpdir(), "thawline-test-"));
const reportFile = join(scratch, "vitest.json");
const reporters = ["--reporter=dot", "--reporter=json", `--outputFile.json=${reportFile}`];

const steps = [
  checkStep("lint", [...tool("@biomejs/biome/bin/biome"), "check", "--error-on-warnings", "."]),
  checkStep("lockfile", [node, "scripts/check-lockfile.mjs"]),
  checkStep("imports", [node, "scripts/check-imports.mjs"]),
  // Tests of the backends, a readme example among them, need tfjs-node's native library and a Chromium.
  checkStep("provision", [node, "scripts/provision.mjs", "tfjs-node", "chromium"]),
  checkStep("build", turbo("build")),
  checkStep("types", turbo("typecheck")),
  checkStep("exports", [node, "scripts/check-exports.mjs"]),
  {
    name: "tests",
    command: [...tool("vitest/vitest.mjs"), "run", "--allowOnly=false", ...reporters],
    count: (code) => readVitestReport(existsSync(reportFile) ? readJson(reportFile) : undefined, code),
  },
  checkStep("packed packages", [node, "scripts/check-pack.mjs"]),
  checkStep("packed example", [node, "scripts/check-example.mjs"]),
  {
    name: "conformance",
    command: [node, "scripts/conformance.mjs"],
    count: (code, output) => readTotals(output, code),
  },
];

function finish({ passed, failed }) {
  rmSync(scratch, { recursive: true, force: true });
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  process.exitCode = failed === 0 ? 0 : 1;
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => {
    process.stdout.write(`\nstopped by ${signal}\n`);
    finish({ passed: 0, failed: 1 });
    process.exit();
  });
}

const env = { CI: "true", NO_COLOR: "1", FORCE_COLOR: undefined, TURBO_TELEMETRY_DISABLED: "1", DO_NOT_TRACK: "1" };
finish(await runSteps(steps, { cwd: repositoryRoot, env, write: (text) => process.stdout.write(text) }));
