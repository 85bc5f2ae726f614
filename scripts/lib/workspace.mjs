import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's root folder, without a trailing separator. */
export const repositoryRoot = fileURLToPath(new URL("../..", import.meta.url)).replace(/[\\/]$/, "");

/** @returns {any} a JSON file's content. */
export const readJson = (file) => JSON.parse(readFileSync(file, "utf8"));

/**
 * Every workspace package under `packages/` and `apps/`, in the order of their folders.
 * @param {string} [root]
 * @returns {{ folder: string, path: string, name: string, isApp: boolean, manifest: any }[]} `folder` as in "packages/core".
 */
export function workspacePackages(root = repositoryRoot) {
  return ["packages", "apps"].flatMap((parent) => {
    const path = join(root, parent);
    if (!existsSync(path)) return [];
    return readdirSync(path)
      .sort()
      .filter((entry) => existsSync(join(path, entry, "package.json")))
      .map((entry) => {
        const manifest = readJson(join(path, entry, "package.json"));
        const folder = `${parent}/${entry}`;
        return { folder, path: join(path, entry), name: manifest.name, isApp: parent === "apps", manifest };
      });
  });
}

/** Those that are published: everything that is not private. */
export const publishedPackages = (root = repositoryRoot) =>
  workspacePackages(root).filter(({ manifest }) => manifest.private !== true);

/**
 * Files below `folder`, as absolute paths, sorted; hidden folders, `node_modules` and `dist` are left out.
 * @param {string} folder
 * @param {(name: string) => boolean} accept
 * @returns {string[]}
 */
export function filesBelow(folder, accept) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      if (entry.name === "node_modules" || entry.name === "dist" || entry.name.startsWith(".")) return [];
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return filesBelow(path, accept);
      return accept(entry.name) ? [path] : [];
    });
}
