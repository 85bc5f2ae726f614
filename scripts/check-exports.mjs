// Checks that what each package.json promises is in the packed tarball, loads as ESM and as CommonJS, and has types for
// both, and that the TypeScript examples of the readmes compile and run.
// Run after a build: node scripts/check-exports.mjs
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import ts from "typescript";
import { targetsOf } from "./lib/import-rules.mjs";
import { installUnpacked, linkDependency, packPackages, withTemporaryFolder } from "./lib/packed-packages.mjs";
import { runAsProgram } from "./lib/report.mjs";
import { runCommand } from "./lib/run-command.mjs";
import { repositoryRoot } from "./lib/workspace.mjs";

const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022, verbatimModuleSyntax: true };

/** Paths that the manifest names, without the leading "./". */
function promisedFiles({ exports, imports, main, module, types, bin }) {
  // `imports` may also point at other packages.
  const own = targetsOf({ exports, imports }).filter((target) => target.startsWith("./"));
  const all = [...own, ...targetsOf({ main, module, types, bin })];
  return [...new Set(all.map((target) => target.replace(/^\.\//, "")))];
}

/** Promised files, licence and readme that the tarball lacks. */
function missingFiles({ folder, manifest, files }) {
  return [...promisedFiles(manifest), "LICENSE", "README.md"]
    .filter((file) => !files.has(file))
    .map((file) => `${folder}: ${file} is not in the packed package`);
}

/** Each package carries the repository's licence, because npm packs no file from outside of it. */
function licenceProblems({ folder, path }) {
  const [own, shared] = [path, repositoryRoot].map((place) => join(place, "LICENSE"));
  if (!existsSync(own) || readFileSync(own, "utf8") === readFileSync(shared, "utf8")) return [];
  return [`${folder}: LICENSE differs from the repository's: copy it again`];
}

/** Specifiers of the code entries: "@thawline/core", "@thawline/vectors/node". */
function entriesOf({ name, manifest }) {
  return Object.keys(manifest.exports ?? {})
    .filter((path) => path !== "./package.json")
    .map((path) => name + path.slice(1));
}

async function publintProblems({ folder, tarball }) {
  const bytes = readFileSync(tarball);
  const { messages, pkg } = await publint({
    strict: true,
    pack: { tarball: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) },
  });
  return messages
    .filter(({ type }) => type !== "suggestion")
    .map((message) => `${folder}: publint: ${formatMessage(message, pkg, { color: false })}`);
}

/** Loads an entry in both module systems, in processes of their own; they must offer the same names. */
async function loadProblems(specifier, project) {
  const print = "process.stdout.write(Object.keys(loaded).filter((name) => name !== 'default').sort().join());";
  const asModule = `const loaded = await import(${JSON.stringify(specifier)}); ${print}`;
  const asCommonJs = `const loaded = require(${JSON.stringify(specifier)}); ${print}`;
  const [esm, cjs] = await Promise.all([
    runCommand([process.execPath, "--input-type=module", "-e", asModule], { cwd: project }),
    runCommand([process.execPath, "--input-type=commonjs", "-e", asCommonJs], { cwd: project }),
  ]);
  const failures = [
    ["import", esm],
    ["require", cjs],
  ].flatMap(([way, { code, output }]) => (code === 0 ? [] : [`${specifier}: ${way} fails: ${output.trim()}`]));
  if (failures.length > 0) return failures;
  return esm.stdout === cjs.stdout ? [] : [`${specifier}: exports "${esm.stdout}" as ESM, "${cjs.stdout}" as CommonJS`];
}

/** Starts a package's commands as installed: `--help` has to work there. */
async function binProblems({ name, manifest: { bin = {} } }, project) {
  const problems = [];
  for (const [command, path] of Object.entries(bin)) {
    const file = join("node_modules", name, path);
    const { code, output } = await runCommand([process.execPath, file, "--help"], { cwd: project });
    if (code !== 0) problems.push(`${name}: ${command} --help fails: ${output.trim()}`);
  }
  return problems;
}

/**
 * Writes a file that uses every entry, in both module kinds, and the examples of the readmes: each block marked `ts`,
 * or `ts no-run` where it needs files that are not there. Returns the examples.
 */
function writeConsumers(specifiers, packages, project) {
  const text = specifiers.map((name, i) => `import * as entry${i} from "${name}";\nvoid entry${i};\n`).join("");
  writeFileSync(join(project, "consumer.mts"), text);
  writeFileSync(join(project, "consumer.cts"), text);
  const readmes = [
    ["README.md", repositoryRoot],
    ...packages.map(({ folder, path }) => [`${folder}/README.md`, path]),
  ].filter(([, path]) => existsSync(join(path, "README.md")));
  return readmes.flatMap(([label, path]) => {
    const blocks = readFileSync(join(path, "README.md"), "utf8").matchAll(/^```ts( no-run)?\n([\s\S]*?)^```$/gm);
    return [...blocks].map(([, noRun, code], i) => {
      const file = `example-${label.replaceAll("/", "-")}-${i}`;
      writeFileSync(join(project, `${file}.mts`), code);
      writeFileSync(join(project, `${file}.mjs`), ts.transpileModule(code, { compilerOptions }).outputText);
      return { label, file, isRun: noRun === undefined };
    });
  });
}

/** Resolves the consumers' types as Node would, from ESM and from CommonJS. */
async function typeProblems(examples, project) {
  linkDependency("@types/node", { from: repositoryRoot, to: project });
  const compiler = join(repositoryRoot, "node_modules/typescript/bin/tsc");
  const options = "--noEmit --strict --skipLibCheck --module node16 --target es2022 --types node".split(" ");
  const files = ["consumer.mts", "consumer.cts", ...examples.map(({ file }) => `${file}.mts`)];
  const { code, output } = await runCommand([process.execPath, compiler, ...options, ...files], { cwd: project });
  return code === 0 ? [] : [`types: ${output.trim()}`];
}

/** Runs an example of a readme; it shows more than it asserts, so it has to end without an error. */
async function exampleProblems({ label, file }, project) {
  const { code, output } = await runCommand([process.execPath, `${file}.mjs`], { cwd: project });
  return code === 0 ? [] : [`${label}: an example fails: ${output.trim()}`];
}

/**
 * Packs all published packages and checks the tarballs.
 * @returns {Promise<{ problems: string[], checked: string }>}
 */
export async function checkExports() {
  return withTemporaryFolder(async (folder) => {
    const packages = await packPackages(folder);
    const specifiers = packages.flatMap(entriesOf);
    const problems = packages.flatMap((entry) => [...missingFiles(entry), ...licenceProblems(entry)]);
    for (const entry of packages) problems.push(...(await publintProblems(entry)));
    await installUnpacked(packages, folder);
    for (const entry of packages) problems.push(...(await binProblems(entry, folder)));
    for (const specifier of specifiers) problems.push(...(await loadProblems(specifier, folder)));
    const examples = writeConsumers(specifiers, packages, folder);
    problems.push(...(await typeProblems(examples, folder)));
    for (const example of examples.filter(({ isRun }) => isRun))
      problems.push(...(await exampleProblems(example, folder)));
    const checked = `${specifiers.length} entries of ${packages.length} packed packages, ${examples.length} readme examples`;
    return { problems, checked };
  });
}

await runAsProgram(import.meta.url, checkExports);
