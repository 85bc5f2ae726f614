// Runs `npm test` under another major version of Node.js, fetched from the package registry into .cache/.
// Run: node scripts/try-node.mjs 22

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { repositoryRoot } from "./lib/workspace.mjs";

const version = process.argv[2] ?? "";
if (!/^\d+(\.\d+\.\d+)?$/.test(version)) {
  process.stderr.write("usage: node scripts/try-node.mjs VERSION, such as 22 or 24\n");
  process.exit(2);
}

// The `node` package fetches one of these in an install script, which .npmrc forbids; this one is the binary itself.
const os = process.platform === "win32" ? "win" : process.platform;
const name = `node-${os}-${process.arch}`;
const folder = join(repositoryRoot, ".cache", `node-${version}`);
const inherit = { cwd: repositoryRoot, stdio: "inherit", shell: process.platform === "win32" };
mkdirSync(folder, { recursive: true });
const flags = ["--no-save", "--no-package-lock", "--prefix", folder];
const installed = spawnSync("npm", ["install", ...flags, `${name}@${version}`], inherit);
const binary = join(folder, "node_modules", name, "bin", process.platform === "win32" ? "node.exe" : "node");
if (installed.status !== 0 || !existsSync(binary)) {
  process.stderr.write(`${name}@${version} did not install a Node.js at ${binary}\n`);
  process.exit(1);
}

const env = { ...process.env, PATH: `${dirname(binary)}${delimiter}${process.env.PATH}` };
spawnSync(binary, ["--version"], inherit);
process.exitCode = spawnSync(binary, ["scripts/test.mjs"], { ...inherit, env }).status ?? 1;
