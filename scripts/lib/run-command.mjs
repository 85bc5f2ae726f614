import { spawn } from "node:child_process";

/**
 * Runs a command to its end with no standard input.
 * @param {readonly [string, ...string[]]} command program and arguments
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options] `env` is added to this process's
 * @returns {Promise<{ code: number, stdout: string, output: string }>} `output` is stdout and stderr as they came;
 *   a program that cannot be started or dies by a signal has a code other than 0
 */
export function runCommand([program, ...args], { cwd, env } = {}) {
  return new Promise((resolve) => {
    // npm and npx are .cmd files on Windows, which only a shell can start.
    const shell = process.platform === "win32" && !/[\\/]/.test(program);
    const child = spawn(program, args, {
      cwd,
      shell,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const stdout = [];
    const all = [];
    child.stdout.on("data", (chunk) => {
      stdout.push(chunk);
      all.push(chunk);
    });
    child.stderr.on("data", (chunk) => all.push(chunk));
    const settle = (code) =>
      resolve({ code, stdout: Buffer.concat(stdout).toString(), output: Buffer.concat(all).toString() });
    child.on("error", (error) => {
      all.push(Buffer.from(`${program}: ${error.message}\n`));
      settle(127);
    });
    child.on("close", (code, signal) => {
      if (signal !== null) all.push(Buffer.from(`${program}: ended by ${signal}\n`));
      settle(code ?? 1);
    });
  });
}

/**
 * As {@link runCommand}, but failure is an Error that carries the output.
 * @param {readonly [string, ...string[]]} command
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<string>} stdout
 */
export async function runOrThrow(command, options) {
  const { code, stdout, output } = await runCommand(command, options);
  if (code !== 0) throw new Error(`${command.join(" ")} exited with ${code}:\n${output}`);
  return stdout;
}
