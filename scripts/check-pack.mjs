// Installs packed packages into scratch projects, ESM and CommonJS, and trains there; checks their types too.
// Run after a build: node scripts/check-pack.mjs
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { packPackages, withTemporaryFolder } from "./lib/packed-packages.mjs";
import { runAsProgram } from "./lib/report.mjs";
import { runCommand } from "./lib/run-command.mjs";
import { repositoryRoot } from "./lib/workspace.mjs";

const names = ["core", "autodiff", "heads", "backend-cpu"].map((name) => `@thawline/${name}`);
// What a browser loads of core, compressed. Not a target but a tripwire: raise it on purpose, never by accident.
const largestCoreBytes = 56 * 1024;
const compiler = join(repositoryRoot, "node_modules/typescript/bin/tsc");
// Declarations are checked too (no skipLibCheck), with no types of Node or the DOM in reach.
const compilerOptions = {
  noEmit: true,
  strict: true,
  exactOptionalPropertyTypes: true,
  module: "node16",
  target: "es2022",
  lib: ["es2022"],
  types: [],
};

/** @returns {Promise<string[]>} one problem where the command fails */
async function attempt(what, command, cwd) {
  const { code, output } = await runCommand(command, { cwd });
  return code === 0 ? [] : [`${what}: ${output.trim() || `exit code ${code}`}`];
}

/** A project of one module kind with the tarballs installed; no network, no scripts. */
async function installProject(folder, { kind, tarballs }) {
  mkdirSync(folder);
  const type = kind === "ESM" ? "module" : "commonjs";
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "scratch", private: true, type }));
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["types.ts"] }));
  const flags = ["--offline", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock"];
  return attempt(`${kind}: npm install`, ["npm", "install", ...flags, ...tarballs], folder);
}

/** Copies the consumers' sources into a project and runs some: TypeScript is checked, JavaScript executed. */
async function useProject(folder, { kind, run }) {
  cpSync(join(repositoryRoot, "scripts/pack-consumer"), folder, { recursive: true });
  const problems = [];
  for (const source of run) {
    const command = source.endsWith(".ts") ? [process.execPath, compiler, "-p", "."] : [process.execPath, source];
    problems.push(...(await attempt(`${kind}: ${source}`, command, folder)));
  }
  return problems;
}

/**
 * Packs, installs, runs.
 * @returns {Promise<{ problems: string[], checked: string }>}
 */
export async function checkPack() {
  return withTemporaryFolder(async (folder) => {
    const packages = await packPackages(folder, (name) => names.includes(name));
    const core = packages.find(({ name }) => name === "@thawline/core");
    const tarballs = packages.map(({ tarball }) => tarball);
    const coreBytes = gzipSync(readFileSync(join(core.path, "dist/index.js"))).length;
    const problems = [];
    if (coreBytes > largestCoreBytes) problems.push(`core is ${coreBytes} bytes compressed, over ${largestCoreBytes}`);
    for (const kind of ["ESM", "CommonJS"]) {
      const script = kind === "ESM" ? "mjs" : "cjs";
      const alone = join(folder, `core-${script}`);
      const whole = join(folder, `train-${script}`);
      problems.push(...(await installProject(alone, { kind, tarballs: [core.tarball] })));
      problems.push(...(await useProject(alone, { kind, run: [`core.${script}`] })));
      problems.push(...(await installProject(whole, { kind, tarballs })));
      problems.push(...(await useProject(whole, { kind, run: [`train.${script}`, "types.ts"] })));
    }
    const size = `core ${(coreBytes / 1024).toFixed(0)} KiB compressed`;
    return { problems, checked: `${names.join(", ")} installed and trained as ESM and CommonJS; ${size}` };
  });
}

await runAsProgram(import.meta.url, checkPack);
