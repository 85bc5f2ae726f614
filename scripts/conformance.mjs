// Holds all ten backends to the conformance suite and writes conformance-report.json and .md to the repository's root.
// Run after a build: node scripts/conformance.mjs
// It first makes tfjs-node's library and a Chromium available. With CI=true every backend has to be there
// (CONFORMANCE_REQUIRE says otherwise); else those that are not here are named and left out.
// The last line is "N passed, N failed": cases of all backends, each missing backend as one failed.
import { spawn } from "node:child_process";
import { pathToFileURL } from "node:url";
import { repositoryRoot } from "./lib/workspace.mjs";
import { provision } from "./provision.mjs";

const totals = /(\d+) passed, (\d+) failed/g;

/**
 * The totals that the command printed last, for a step of `npm test`.
 * @param {string} output
 * @param {number} code exit code
 * @returns {{ passed: number, failed: number }} at least one failed where the command failed or printed no totals
 */
export function readTotals(output, code) {
  const last = [...output.matchAll(totals)].at(-1);
  if (last === undefined) return { passed: 0, failed: 1 };
  const failed = Number(last[2]);
  return { passed: Number(last[1]), failed: failed === 0 && code !== 0 ? 1 : failed };
}

/** @param {NodeJS.ProcessEnv} env */
export function environmentFor(env, chromiumPath) {
  return {
    ...env,
    ...(chromiumPath === undefined ? {} : { CHROMIUM_PATH: chromiumPath }),
    ...(env.CI === "true" && env.CONFORMANCE_REQUIRE === undefined ? { CONFORMANCE_REQUIRE: "all" } : {}),
  };
}

async function main() {
  const { provided, problems } = await provision(["tfjs-node", "chromium"]);
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  const command = ["apps/cli/bin/thawline.js", "conformance", "--backend", "all", "--report", "."];
  const child = spawn(process.execPath, command, {
    cwd: repositoryRoot,
    stdio: "inherit",
    env: environmentFor(process.env, provided.chromium?.path),
  });
  child.on("exit", (code) => {
    process.exitCode = code ?? 1;
  });
}

if (process.argv[1] !== undefined && pathToFileURL(process.argv[1]).href === import.meta.url) await main();
