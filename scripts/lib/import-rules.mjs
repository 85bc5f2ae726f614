import { builtinModules } from "node:module";
import { basename, dirname, join, relative, sep } from "node:path";

/**
 * @typedef {object} PackageFacts what the rules need to know of one package
 * @property {string} key its folder's name, as in the import table
 * @property {string} name
 * @property {string} folder "packages/core"
 * @property {string} path absolute
 * @property {boolean} isApp
 * @property {{ may: readonly string[] | "anything", platform: string }} row
 * @property {ReadonlySet<string>} runtime names that the sources may import
 * @property {ReadonlySet<string>} development names that tests may import on top
 * @property {ReadonlySet<string>} ownDevelopment those of them that the package itself declares
 * @property {Readonly<Record<string, unknown>>} aliases the manifest's `imports`: "#name" -> target, or targets by condition
 */

const scope = "@thawline/";
const builtins = new Set(builtinModules);
const isBuiltin = (specifier) => specifier.startsWith("node:") || builtins.has(specifier.split("/")[0]);
const isBackend = (packageName) => packageName.startsWith(`${scope}backend-`);

/** Whether a path, relative to its package, is a test or belongs to tests. */
export const isTest = (path) => /\.(test|spec)\.[cm]?[jt]sx?$/.test(path) || path.split(sep).includes("test");

/** Whether a file may use Node's own modules in a package that also runs in browsers. */
export const isNodeFile = (path) => /(^|-)node\.[cm]?[jt]sx?$/.test(basename(path));

/** "@scope/name/sub" and "name/sub" without the subpath. */
function packageOf(specifier) {
  const parts = specifier.split("/");
  return parts.slice(0, specifier.startsWith("@") ? 2 : 1).join("/");
}

/** Why a package may not import another one of the workspace, or undefined if it may. */
function workspaceImportProblem(about, target, inTest) {
  if (target === about.name) return inTest ? undefined : "imports itself by name: use a relative path";
  if (about.row.may === "anything" || about.row.may.some((name) => scope + name === target)) return undefined;
  if (!inTest) return `may not import ${target}: ${about.key} imports ${about.row.may.join(", ") || "nothing"}`;
  if (!isBackend(target) || isBackend(about.name)) return undefined;
  return `may not import ${target}: only apps and a backend's own tests import a backend`;
}

/** Whether a name is declared where its importer may use it. */
const isDeclared = (about, target, inTest) =>
  about.runtime.has(target) || (inTest && about.development.has(target)) || target === about.name;

/** A relative path out of the package: tests may reach fixtures, and the `test` folder of a package they may import. */
function outsideProblem(about, target, inTest) {
  const leaves = "leaves the package by a relative path: import the package by its name";
  const fromRepository = relative(join(about.path, "..", ".."), target).split(sep);
  if (!inTest || fromRepository[0] === "..") return leaves;
  if (!["packages", "apps"].includes(fromRepository[0])) return undefined;
  const name = scope + fromRepository[1];
  if (fromRepository[0] === "apps" || fromRepository[2] !== "test") return leaves;
  const problem = workspaceImportProblem(about, name, true);
  if (problem !== undefined || isDeclared(about, name, true)) return problem;
  return `reaches into ${name}, which is not in the dependencies or devDependencies of ${about.folder}/package.json`;
}

function relativeImportProblem(about, file, specifier, inTest) {
  const target = join(dirname(file), specifier);
  if (relative(about.path, target).startsWith("..")) return outsideProblem(about, target, inTest);
  const mustRunAnywhere = about.row.platform === "any" && !inTest && !isNodeFile(file);
  return mustRunAnywhere && isNodeFile(target) ? `imports ${specifier}, which runs in Node only` : undefined;
}

/**
 * Why one import is wrong, or undefined if it is right.
 * @param {PackageFacts} about
 * @param {string} file absolute path of the importing file
 * @param {string | undefined} specifier undefined where it is computed
 */
export function importProblem(about, file, specifier) {
  const inTest = isTest(relative(about.path, file));
  if (specifier === undefined) {
    return inTest || about.isApp ? undefined : "imports a computed specifier, which no tool can check or bundle";
  }
  if (specifier.startsWith(".")) return relativeImportProblem(about, file, specifier, inTest);
  if (specifier.startsWith("#")) {
    const isAlias = Object.hasOwn(about.aliases, specifier);
    return isAlias ? undefined : `imports ${specifier}, which is not in the imports of ${about.folder}/package.json`;
  }
  const mayUseNode = inTest || about.row.platform === "node" || (about.row.platform === "any" && isNodeFile(file));
  if (isBuiltin(specifier)) {
    return mayUseNode ? undefined : `imports the Node built-in ${specifier} outside node.ts and *-node.ts`;
  }
  const target = packageOf(specifier);
  if (specifier.endsWith("/node") && !mayUseNode) return `imports ${specifier} outside node.ts and *-node.ts`;
  const problem = target.startsWith(scope) ? workspaceImportProblem(about, target, inTest) : undefined;
  if (problem !== undefined) return problem;
  if (isDeclared(about, target, inTest)) return undefined;
  const where = inTest ? "dependencies or devDependencies" : "dependencies";
  return `imports ${target}, which is not in the ${where} of ${about.folder}/package.json`;
}

/** The strings at the leaves of a manifest's `imports` or `exports`. */
export function targetsOf(value) {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(targetsOf) : [];
}

/**
 * What the manifest declares and the import table forbids, imported or not.
 * @param {PackageFacts} about
 * @returns {string[]}
 */
export function manifestProblems(about) {
  const where = `${about.folder}/package.json`;
  const forbidden = [...about.runtime].filter(
    (name) => name.startsWith(scope) && workspaceImportProblem(about, name, false) !== undefined,
  );
  const forTests = [...about.ownDevelopment].filter(
    (name) => name.startsWith(scope) && workspaceImportProblem(about, name, true) !== undefined,
  );
  const undeclared = targetsOf(about.aliases)
    .filter((target) => !target.startsWith("."))
    .filter((target) => isBuiltin(target) || !about.runtime.has(packageOf(target)));
  return [
    ...forbidden.map((name) => `${where}: depends on ${name}, which the import table does not allow`),
    ...forTests.map((name) => `${where}: only apps and a backend's own tests may depend on ${name}`),
    ...undeclared.map((target) => `${where}: imports point at ${target}, which is not in its dependencies`),
  ];
}
