// Checks that the packages import what ARCHITECTURE.md lets them import, and use nothing that their platform lacks.
// Run: node scripts/check-imports.mjs
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { importTable } from "./import-table.mjs";
import { findCycles } from "./lib/cycles.mjs";
import { foreignGlobals } from "./lib/foreign-globals.mjs";
import { importProblem, isNodeFile, isTest, manifestProblems } from "./lib/import-rules.mjs";
import { runAsProgram } from "./lib/report.mjs";
import { importsOf } from "./lib/source-imports.mjs";
import { filesBelow, readJson, repositoryRoot, workspacePackages } from "./lib/workspace.mjs";

const isSource = (name) => /\.[cm]?[jt]sx?$/.test(name) && !/\.d\.[cm]?ts$/.test(name);

function describePackage(entry, root) {
  const { dependencies, peerDependencies, optionalDependencies, devDependencies } = entry.manifest;
  const rootManifest = join(root, "package.json");
  const shared = existsSync(rootManifest) ? readJson(rootManifest).devDependencies : {};
  return {
    ...entry,
    key: entry.folder.split("/")[1],
    row: importTable[entry.folder.split("/")[1]],
    files: ["src", "test", "bin"].flatMap((folder) => filesBelow(join(entry.path, folder), isSource)),
    runtime: new Set(Object.keys({ ...dependencies, ...peerDependencies, ...optionalDependencies })),
    development: new Set(Object.keys({ ...devDependencies, ...shared })),
    ownDevelopment: new Set(Object.keys({ ...devDependencies })),
    aliases: entry.manifest.imports ?? {},
  };
}

/** Files that load each other get half-made modules; types may refer to each other, because nothing loads them. */
function cycleProblems(importsByFile, root) {
  const edges = new Map();
  for (const [file, imports] of importsByFile) {
    const loaded = imports.filter(({ isErased }) => !isErased);
    const targets = loaded.map(({ specifier }) => join(dirname(file), specifier ?? ""));
    edges.set(
      file,
      targets.filter((target) => importsByFile.has(target)),
    );
  }
  return findCycles(edges).map((cycle) => `cyclic imports: ${cycle.map((file) => relative(root, file)).join(" -> ")}`);
}

function globalProblems(packages, root) {
  const sourcesOn = (platform) =>
    packages
      .filter(({ row }) => row.platform === platform)
      .flatMap(({ files, path }) => files.filter((file) => !isTest(relative(path, file)) && !isNodeFile(file)));
  return [
    ...foreignGlobals(sourcesOn("language"), { root, libraries: ["es2022"] }),
    ...foreignGlobals(sourcesOn("any"), { root, libraries: ["es2022", "webworker"] }),
  ];
}

/** Problems of one package's imports, each with file and line. */
function packageProblems(about, root) {
  const importsByFile = new Map(about.files.map((file) => [file, importsOf(file, readFileSync(file, "utf8"))]));
  const wrong = [...importsByFile].flatMap(([file, imports]) =>
    imports.flatMap(({ specifier, line }) => {
      const problem = importProblem(about, file, specifier);
      return problem === undefined ? [] : [`${relative(root, file)}:${line}: ${problem}`];
    }),
  );
  return [...manifestProblems(about), ...wrong, ...cycleProblems(importsByFile, root)];
}

/**
 * Checks a whole workspace.
 * @param {string} [root]
 * @returns {{ problems: string[], checked: string }}
 */
export function checkImports(root = repositoryRoot) {
  const packages = workspacePackages(root).map((entry) => describePackage(entry, root));
  const listed = packages.filter(({ row }) => row !== undefined);
  const unlisted = packages.filter(({ row }) => row === undefined);
  const fileCount = listed.reduce((sum, { files }) => sum + files.length, 0);
  const problems = [
    ...unlisted.map(({ folder }) => `${folder}: has no row in scripts/import-table.mjs`),
    ...listed.flatMap((about) => packageProblems(about, root)),
    ...globalProblems(listed, root),
  ];
  if (fileCount === 0) problems.push(`no source file found below ${root}`);
  return { problems, checked: `imports and globals of ${fileCount} files in ${packages.length} packages` };
}

await runAsProgram(import.meta.url, checkImports);
