import { existsSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";

/** A package whose files the page may load. */
export interface ServedPackage {
  readonly name: string;
  readonly version: string;
  /** Its folder, links resolved. */
  readonly folder: string;
}

/** Packages that a page needs, and where their entries are. */
export interface ServedPackages {
  readonly packages: ReadonlyMap<string, ServedPackage>;
  /** Specifier → path within the server. */
  readonly imports: Readonly<Record<string, string>>;
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly main?: string;
  readonly module?: string;
  readonly exports?: unknown;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

const conditions = ["browser", "import", "module", "default"];

/** "@scope/name/sub" and "name/sub" without the subpath. */
export function packageNameOf(specifier: string): string {
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}

/** Folder of a package as Node finds it from a folder, or undefined. */
function findFolder(name: string, from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, "node_modules", name);
    if (existsSync(join(candidate, "package.json"))) return realpathSync(candidate);
    if (dirname(folder) === folder) return undefined;
  }
}

/** The file that a browser loads for one value of an `exports` map. */
function targetOf(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null) return undefined;
  const entries = value as Readonly<Record<string, unknown>>;
  // The order of the manifest decides, as in Node.
  const condition = Object.keys(entries).find((key) => conditions.includes(key));
  return condition === undefined ? undefined : targetOf(entries[condition]);
}

/**
 * Entries by subpath ("." or "./sub"). TensorFlow.js names no file that a browser could load as it is: its bundles in
 * one module each are found by their names.
 */
function entriesOf(manifest: Manifest): Record<string, string> {
  if (manifest.name.startsWith("@tensorflow/tfjs")) {
    return { ".": `./dist/${manifest.name.slice("@tensorflow/".length).replace("tfjs", "tf")}.fesm.min.js` };
  }
  const { exports, module, main } = manifest;
  if (typeof exports === "object" && exports !== null && Object.keys(exports).some((key) => key.startsWith("."))) {
    const found = Object.entries(exports).map(([path, value]) => [path, targetOf(value)] as const);
    return Object.fromEntries(found.filter((entry): entry is [string, string] => entry[1] !== undefined));
  }
  return { ".": targetOf(exports) ?? module ?? main ?? "index.js" };
}

/** What has to be served with a package. Runtimes come as whole bundles: below them only their own family counts. */
function neededBy({ name, dependencies, peerDependencies }: Manifest): string[] {
  const needed = Object.keys({ ...dependencies, ...peerDependencies });
  if (name.startsWith("onnxruntime")) return [];
  return name.startsWith("@tensorflow/") ? needed.filter((other) => other.startsWith("@tensorflow/")) : needed;
}

/** Node's own modules that bundles import for Node's sake and do not use in a browser. */
const unusedBuiltins = ["fs", "os", "path", "perf_hooks"];

/**
 * Finds packages and all that they depend on, peers included where they are installed. There is one version of each in
 * a page, the first that is found: a second copy of a runtime would be a second engine.
 * @param names of the packages to begin with; those that are not found are left out
 * @param from folders to look from, in this order
 */
export function findServedPackages(names: readonly string[], from: readonly string[]): ServedPackages {
  const packages = new Map<string, ServedPackage>();
  const imports: Record<string, string> = {};
  const queue = names.map((name) => ({ name, from }));
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const { name, from } = next;
    if (packages.has(name)) continue;
    const folder = from.map((start) => findFolder(name, start)).find((found) => found !== undefined);
    if (folder === undefined) continue;
    const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
    packages.set(name, { name, version: manifest.version, folder });
    for (const [path, target] of Object.entries(entriesOf(manifest))) {
      if (!path.includes("*")) imports[name + path.slice(1)] = `/packages/${name}/${target.replace(/^\.\//, "")}`;
    }
    queue.push(...neededBy(manifest).map((needed) => ({ name: needed, from: [folder, ...from] })));
  }
  // The union package contains the core: both names have to be one engine.
  if (imports["@tensorflow/tfjs"] !== undefined) imports["@tensorflow/tfjs-core"] = imports["@tensorflow/tfjs"];
  for (const name of unusedBuiltins) imports[name] = "/empty.js";
  return { packages, imports };
}
