// What the provisioners share: where the cache is, whether a host answers, and commands with a time limit.
import { connect } from "node:net";
import { homedir } from "node:os";
import { join } from "node:path";
import { runCommand } from "./lib/run-command.mjs";

/**
 * The folder for what is too large to make again on every `npm ci`: THAWLINE_CACHE, or the system's place for caches.
 * @param {NodeJS.ProcessEnv} [env]
 * @param {NodeJS.Platform} [platform]
 */
export function cacheFolder(env = process.env, platform = process.platform) {
  if (env.THAWLINE_CACHE) return env.THAWLINE_CACHE;
  if (platform === "win32" && env.LOCALAPPDATA) return join(env.LOCALAPPDATA, "thawline", "cache");
  if (platform === "darwin") return join(homedir(), "Library", "Caches", "thawline");
  return join(env.XDG_CACHE_HOME || join(homedir(), ".cache"), "thawline");
}

/**
 * Whether a download from `url` has a chance. Behind a firewall that drops packets each attempt would hang for minutes.
 * With a proxy configured nothing can be known beforehand, so the answer is yes.
 */
export function mayReach(url, { env = process.env, timeoutMs = 5000 } = {}) {
  if (env.HTTPS_PROXY || env.https_proxy || env.HTTP_PROXY || env.http_proxy) return Promise.resolve(true);
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port || 443) });
    const settle = (answer) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(timeoutMs, () => settle(false));
    socket.on("connect", () => settle(true));
    socket.on("error", () => settle(false));
  });
}

/** The last lines of a long output. */
const tail = (output) => output.trim().split("\n").slice(-15).join("\n");

/**
 * Runs a command; failure is an Error with the end of its output.
 * @param {readonly [string, ...string[]]} command
 * @param {Parameters<typeof runCommand>[1]} [options]
 * @returns {Promise<string>} stdout
 */
export async function runOrFail(command, options) {
  const { code, stdout, output } = await runCommand(command, options);
  if (code !== 0) throw new Error(`${command.join(" ")} exited with ${code}:\n${tail(output)}`);
  return stdout;
}

/**
 * Tries ways of getting something, in order, and returns what the first good one gives.
 * @template T
 * @param {readonly { name: string, run: () => Promise<T> }[]} ways
 * @param {(text: string) => void} say
 * @returns {Promise<T>}
 * @throws Error that has every way's failure
 */
export async function firstThatWorks(ways, say) {
  const failures = [];
  for (const { name, run } of ways) {
    say(`trying ${name}`);
    try {
      return await run();
    } catch (error) {
      say(`${name} failed`);
      failures.push(`- ${name}: ${error.message}`);
    }
  }
  throw new Error(`nothing worked\n${failures.join("\n")}\nSee docs/provisioning.md for what can be done by hand.`);
}
