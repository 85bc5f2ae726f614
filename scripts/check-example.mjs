// A third party's view: packs what a backend of one's own needs, installs the tarballs beside a copy of
// examples/custom-backend outside the repository, and runs that example's types and tests there. No network.
// Run after a build: node scripts/check-example.mjs
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { linkDependency, packPackages, withTemporaryFolder } from "./lib/packed-packages.mjs";
import { runAsProgram } from "./lib/report.mjs";
import { runCommand } from "./lib/run-command.mjs";
import { repositoryRoot } from "./lib/workspace.mjs";

const example = join(repositoryRoot, "examples/custom-backend");
const scope = "@thawline/";
// What the example depends on, and what those packages depend on.
const names = ["core", "autodiff", "heads", "analysis", "backend-reference", "conformance"].map((name) => scope + name);
const largestBackendLines = 79;

/** @returns {Promise<string[]>} one problem where the command fails */
async function attempt(what, command, cwd) {
  const { code, output } = await runCommand(command, { cwd, env: { CI: "true", NO_COLOR: "1" } });
  return code === 0 ? [] : [`${what}: ${output.trim() || `exit code ${code}`}`];
}

/** Copies the example with its dependencies on our packages replaced by the tarballs; its tools are this repository's. */
async function install(folder, packages) {
  cpSync(example, folder, { recursive: true, filter: (path) => !path.includes("node_modules") });
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const wanted = { ...manifest.dependencies, ...manifest.devDependencies };
  const unknown = Object.keys(wanted).filter((name) => name.startsWith(scope) && !names.includes(name));
  if (unknown.length > 0) return [`the example depends on ${unknown.join(", ")}, which this check does not pack`];
  const tools = Object.keys(wanted).filter((name) => !name.startsWith(scope));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ ...manifest, dependencies: {}, devDependencies: {} }));
  const flags = ["--offline", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", "--omit=peer"];
  const tarballs = packages.map(({ tarball }) => tarball);
  const problems = await attempt("npm install", ["npm", "install", ...flags, ...tarballs], folder);
  for (const tool of tools) linkDependency(tool, { from: repositoryRoot, to: folder });
  return problems;
}

/**
 * Packs, installs, checks types, runs the tests.
 * @returns {Promise<{ problems: string[], checked: string }>}
 */
export async function checkExample() {
  return withTemporaryFolder(async (scratch) => {
    const lines = readFileSync(join(example, "naive-backend.ts"), "utf8").trimEnd().split("\n").length;
    const problems =
      lines > largestBackendLines ? [`naive-backend.ts has ${lines} lines, over ${largestBackendLines}`] : [];
    const packages = await packPackages(scratch, (name) => names.includes(name));
    const folder = join(scratch, "custom-backend");
    mkdirSync(folder);
    problems.push(...(await install(folder, packages)));
    const tool = (path) => [process.execPath, join(repositoryRoot, "node_modules", path)];
    if (problems.length === 0) {
      problems.push(...(await attempt("types", [...tool("typescript/bin/tsc"), "-p", "."], folder)));
      problems.push(...(await attempt("tests", [...tool("vitest/vitest.mjs"), "run", "--root", "."], folder)));
    }
    return { problems, checked: `examples/custom-backend passes the suite of the packed packages (${lines} lines)` };
  });
}

await runAsProgram(import.meta.url, checkExample);
