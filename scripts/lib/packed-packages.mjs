import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { runOrThrow } from "./run-command.mjs";
import { publishedPackages, repositoryRoot } from "./workspace.mjs";

/**
 * @typedef {object} PackedPackage
 * @property {string} folder "packages/core"
 * @property {string} path absolute
 * @property {string} name
 * @property {any} manifest
 * @property {string} tarball absolute path
 * @property {ReadonlySet<string>} files what is in the tarball, "dist/index.js"
 */

/**
 * Calls `use` with a temporary folder, which is removed afterwards whatever happens.
 * @template T
 * @param {(folder: string) => Promise<T>} use
 * @returns {Promise<T>}
 */
export async function withTemporaryFolder(use) {
  const folder = mkdtempSync(join(tmpdir(), "thawline-pack-"));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Packs every published package to `destination`, as `npm publish` would.
 * @param {string} destination an existing folder
 * @param {(name: string) => boolean} [accept] which packages, by name; all by default
 * @returns {Promise<PackedPackage[]>}
 */
export async function packPackages(destination, accept = () => true) {
  const wanted = publishedPackages().filter(({ name }) => accept(name));
  const selection = wanted.flatMap(({ name }) => ["--workspace", name]);
  const packed = JSON.parse(
    await runOrThrow(["npm", "pack", "--json", "--pack-destination", destination, ...selection], {
      cwd: repositoryRoot,
    }),
  );
  return wanted.map((entry) => {
    const found = packed.find(({ name }) => name === entry.name);
    if (found === undefined) throw new Error(`npm pack left out ${entry.name}`);
    return {
      ...entry,
      tarball: join(destination, found.filename.replace(/^@/, "").replace("/", "-")),
      files: new Set(found.files.map(({ path }) => path)),
    };
  });
}

/**
 * Lays packed packages out as `npm install` would, with no network: tarballs unpacked, other dependencies linked from
 * this workspace. Only what a manifest declares is linked, so that an undeclared import fails.
 * @param {readonly PackedPackage[]} packages
 * @param {string} project folder that gets a `node_modules`
 */
export async function installUnpacked(packages, project) {
  const ours = new Set(packages.map(({ name }) => name));
  for (const { name, path, tarball, manifest } of packages) {
    const target = join(project, "node_modules", name);
    mkdirSync(target, { recursive: true });
    await runOrThrow(["tar", "-xzf", tarball, "-C", target, "--strip-components=1"]);
    for (const dependency of Object.keys(manifest.dependencies ?? {})) {
      if (!ours.has(dependency)) linkDependency(dependency, { from: path, to: target });
    }
    for (const peer of Object.keys(manifest.peerDependencies ?? {})) {
      // A peer may be absent: every entry has to load without it.
      if (!ours.has(peer) && installedAt(peer, path) !== undefined) linkDependency(peer, { from: path, to: target });
    }
  }
}

/** Where a dependency of the package at `from` is installed: its own copy comes before the root's. */
const installedAt = (name, from) =>
  [from, repositoryRoot].map((place) => join(place, "node_modules", name)).find((path) => existsSync(path));

/**
 * Links an installed dependency into `to`/node_modules.
 * @param {string} name
 * @param {{ from: string, to: string }} places `from`: the workspace package that depends on it
 */
export function linkDependency(name, { from, to }) {
  const source = installedAt(name, from);
  if (source === undefined) throw new Error(`${name} is not installed: run npm ci`);
  const target = join(to, "node_modules", name);
  mkdirSync(dirname(target), { recursive: true });
  symlinkSync(source, target, "junction");
}
