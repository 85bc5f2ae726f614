// Makes @tensorflow/tfjs-node load. npm brings its JavaScript; its native parts (the TensorFlow library and a Node addon,
// about 850 MB) come from its own installer, or are taken out of Python's TensorFlow wheel, which pip mirrors have.
// They are kept in the cache and linked into the package, so that a fresh `npm ci` does not fetch or compile again.
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";
import { runCommand } from "./lib/run-command.mjs";
import { readJson, repositoryRoot } from "./lib/workspace.mjs";
import { cacheFolder, firstThatWorks, mayReach, runOrFail } from "./provision-tools.mjs";

// A later wheel may lack symbols that the addon of tfjs-node 4.22 uses; this one was seen to work.
const wheel = "tensorflow-cpu==2.21.0";
const libraries = ["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"];
const headers = ["tensorflow/c", "tensorflow/core/platform", "tsl", "xla/tsl"];
const native = ["deps", "lib"];

// Node 23 removed two functions that tfjs-node calls (tensorflow/tfjs#8609); backend-tfjs-node puts them back likewise.
const loadProgram = `
const util = require("node:util");
util.isNullOrUndefined ??= (x) => x === null || x === undefined;
util.isArray ??= Array.isArray;
const tf = require("@tensorflow/tfjs-node");
if (tf.getBackend() !== "tensorflow" || tf.add(1, 2).dataSync()[0] !== 3) process.exit(1);`;

/** Why tfjs-node does not work, or undefined if it does. */
async function loadProblem(folder) {
  const env = { TF_CPP_MIN_LOG_LEVEL: "2" };
  const { code, output } = await runCommand([process.execPath, "-e", loadProgram], { cwd: folder, env });
  return code === 0 ? undefined : output.trim().slice(0, 2000);
}

/** Puts links to the cached folders where the package looks for them. */
function link(cached, folder) {
  for (const name of native) {
    rmSync(join(folder, name), { recursive: true, force: true });
    // A junction needs no privilege on Windows; other systems ignore the type.
    symlinkSync(join(cached, name), join(folder, name), "junction");
  }
}

/** Environment in which a copy of the package finds what npm installed beside the original. */
function toolEnvironment(folder) {
  const modules = [join(folder, "node_modules"), join(dirname(dirname(folder)))];
  const path = [...modules.map((place) => join(place, ".bin")), process.env.PATH].join(delimiter);
  return { NODE_PATH: modules.join(delimiter), PATH: path };
}

/** The package's own installer: downloads the library, and the addon or compiles it. */
async function useInstaller({ folder, stage }) {
  const { host } = readJson(join(folder, "package.json")).binary;
  const { TFJS_NODE_BASE_URI, TFJS_NODE_CDN_STORAGE, CDN_STORAGE } = process.env;
  const mirror = TFJS_NODE_BASE_URI ?? TFJS_NODE_CDN_STORAGE ?? CDN_STORAGE ?? host;
  if (!(await mayReach(mirror))) throw new Error(`${new URL(mirror).hostname} cannot be reached`);
  await runOrFail([process.execPath, "scripts/install.js"], { cwd: stage, env: toolEnvironment(folder) });
}

/** The pip that is there. */
async function findPip() {
  for (const command of [["python3", "-m", "pip"], ["pip3"], ["python", "-m", "pip"]]) {
    if ((await runCommand([...command, "--version"])).code === 0) return command;
  }
  throw new Error("there is no pip; install python3 and python3-pip");
}

const extractProgram = `
import sys, zipfile
archive, target, *prefixes = sys.argv[1:]
with zipfile.ZipFile(archive) as opened:
    for name in opened.namelist():
        if name.startswith(tuple(prefixes)): opened.extract(name, target)`;

/** Headers and library out of the wheel, under the names that the addon's build expects. */
async function unpackWheel(stage) {
  const download = join(stage, "wheel");
  const pip = await findPip();
  const flags = ["--no-deps", "--only-binary=:all:", "--retries", "1", "--disable-pip-version-check"];
  await runOrFail([...pip, "download", ...flags, "--dest", download, wheel]);
  const file = readdirSync(download).find((name) => name.endsWith(".whl"));
  const wanted = [...libraries, ...headers.map((name) => `include/${name}/`)].map((name) => `tensorflow/${name}`);
  const python = pip[0].startsWith("python") ? pip[0] : "python3";
  await runOrFail([python, "-c", extractProgram, join(download, file), download, ...wanted]);
  const library = join(stage, "deps", "lib");
  mkdirSync(library, { recursive: true });
  renameSync(join(download, "tensorflow", "include"), join(stage, "deps", "include"));
  for (const name of libraries) renameSync(join(download, "tensorflow", name), join(library, name));
  symlinkSync(libraries[0], join(library, "libtensorflow.so"));
  symlinkSync(libraries[1], join(library, "libtensorflow_framework.so"));
  rmSync(download, { recursive: true });
}

/** TensorFlow from its Python wheel, and the addon compiled here. */
async function useWheel({ folder, stage, say }) {
  if (process.platform !== "linux") throw new Error("this way is for Linux: other wheels are laid out differently");
  say(`pip downloads ${wheel} (about 270 MB) and the library is taken out of it`);
  await unpackWheel(stage);
  say("compiling the addon (needs a C++ compiler, make and Python)");
  const prefix = dirname(dirname(process.execPath));
  // Without headers beside this Node, node-gyp downloads them.
  const nodedir = existsSync(join(prefix, "include", "node", "node_api.h")) ? { npm_config_nodedir: prefix } : {};
  const build = ["node-pre-gyp", "install", "--build-from-source"];
  await runOrFail(build, { cwd: stage, env: { ...toolEnvironment(folder), ...nodedir } });
  rmSync(join(stage, "build"), { recursive: true, force: true });
}

/** Makes the native parts in a copy of the package beside `cached`, and moves them there when they load. */
async function make(run, { folder, cached, say }) {
  mkdirSync(dirname(cached), { recursive: true });
  const stage = mkdtempSync(`${cached}.partial-`);
  try {
    for (const name of ["package.json", "binding", "binding.gyp", "scripts"]) {
      cpSync(join(folder, name), join(stage, name), { recursive: true });
    }
    await run({ folder, stage, say });
    link(stage, folder);
    const problem = await loadProblem(folder);
    if (problem !== undefined) throw new Error(`what it made does not load: ${problem}`);
    rmSync(cached, { recursive: true, force: true });
    renameSync(stage, cached);
    link(cached, folder);
  } catch (error) {
    for (const name of native) rmSync(join(folder, name), { recursive: true, force: true });
    rmSync(stage, { recursive: true, force: true });
    throw error;
  }
  return { status: "made", folder: cached };
}

/**
 * Makes tfjs-node's native parts available to this checkout.
 * @param {(text: string) => void} say takes lines of progress
 * @returns {Promise<{ status: "present" | "linked" | "made", folder: string }>}
 */
export async function provisionTfjsNode(say) {
  const require = createRequire(join(repositoryRoot, "packages", "backend-tfjs-node", "package.json"));
  const folder = dirname(require.resolve("@tensorflow/tfjs-node/package.json"));
  if ((await loadProblem(folder)) === undefined) return { status: "present", folder };
  const { version } = readJson(join(folder, "package.json"));
  const cached = join(cacheFolder(), `tfjs-node-${version}-${process.platform}-${process.arch}`);
  if (native.every((name) => existsSync(join(cached, name)))) {
    say(`linking ${cached}`);
    link(cached, folder);
    if ((await loadProblem(folder)) === undefined) return { status: "linked", folder: cached };
    say("what is cached does not load; making it anew");
  }
  const ways = [
    { name: "the package's own installer", run: () => make(useInstaller, { folder, cached, say }) },
    { name: "the TensorFlow wheel", run: () => make(useWheel, { folder, cached, say }) },
  ];
  return firstThatWorks(ways, say);
}
