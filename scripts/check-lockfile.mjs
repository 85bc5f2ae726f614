// Checks that package-lock.json installs everywhere and that every version is pinned (docs/decisions/0001).
// Run: node scripts/check-lockfile.mjs
import { join } from "node:path";
import { runAsProgram } from "./lib/report.mjs";
import { readJson, repositoryRoot, workspacePackages } from "./lib/workspace.mjs";

const exactVersion = /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/;

/** Whether a package at `path` of the lockfile finds `name` as Node would: in its own node_modules or one further up. */
function findsPackage(packages, path, name) {
  for (let folder = path; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf("/node_modules/")))) {
    const prefix = folder === "" ? "" : `${folder}/`;
    if (packages[`${prefix}node_modules/${name}`] !== undefined) return true;
    // "packages/core" and "node_modules/x" have no "/node_modules/" left to cut: the root is next, then nothing.
    if (folder === "") return false;
  }
}

/** Optional packages that npm left out of the lockfile because it could not fetch them: `npm ci` fails without them. */
function missingOptionalProblems(packages) {
  return Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !findsPackage(packages, path, name))
      .map((name) => `package-lock.json: ${path || "the root"} wants optional ${name}, which has no entry`),
  );
}

/** A lockfile that names a host installs only where that host is reachable. */
function hostProblems(packages) {
  return Object.entries(packages)
    .filter(([, { resolved }]) => resolved !== undefined && /^[a-z+]+:|^\/\//i.test(resolved))
    .map(([path]) => `package-lock.json: ${path} has a "resolved" that names a host (docs/decisions/0001)`);
}

function integrityProblems(packages) {
  return Object.entries(packages)
    .filter(([path, { link, integrity }]) => path.includes("node_modules/") && !link && integrity === undefined)
    .map(([path]) => `package-lock.json: ${path} has no integrity`);
}

function pinProblems(file, manifest, workspaceVersions) {
  const { dependencies, devDependencies, optionalDependencies } = manifest;
  return Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies }).flatMap(([name, version]) => {
    const own = workspaceVersions.get(name);
    if (own !== undefined && own !== version) {
      return [`${file}: ${name} is "${version}", the workspace has ${own}: npm would look for it elsewhere`];
    }
    return exactVersion.test(version) ? [] : [`${file}: ${name} is "${version}": pin an exact version`];
  });
}

/**
 * Checks the lockfile and the manifests of a workspace.
 * @param {string} [root]
 * @returns {{ problems: string[], checked: string }}
 */
export function checkLockfile(root = repositoryRoot) {
  const { lockfileVersion, packages = {} } = readJson(join(root, "package-lock.json"));
  const workspaces = workspacePackages(root);
  const versions = new Map(workspaces.map(({ name, manifest }) => [name, manifest.version]));
  const manifests = [
    ["package.json", readJson(join(root, "package.json"))],
    ...workspaces.map(({ folder, manifest }) => [`${folder}/package.json`, manifest]),
  ];
  const problems = [
    ...(lockfileVersion === 3 ? [] : [`package-lock.json: lockfileVersion is ${lockfileVersion}, expected 3`]),
    ...workspaces
      .filter(({ folder }) => packages[folder] === undefined)
      .map(({ folder }) => `package-lock.json: ${folder} has no entry: run npm install`),
    ...missingOptionalProblems(packages),
    ...hostProblems(packages),
    ...integrityProblems(packages),
    ...manifests.flatMap(([file, manifest]) => pinProblems(file, manifest, versions)),
  ];
  return { problems, checked: `${Object.keys(packages).length} lockfile entries, ${manifests.length} manifests` };
}

await runAsProgram(import.meta.url, checkLockfile);
