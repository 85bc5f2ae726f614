import { pathToFileURL } from "node:url";

/**
 * Runs a check when its file is the program that was started, and does nothing when it is imported.
 * Prints the problems to stderr, or one line of what was checked to stdout; the exit code is 1 on any problem.
 * @param {string} moduleUrl the check's `import.meta.url`
 * @param {() => { problems: readonly string[], checked: string } | Promise<{ problems: readonly string[], checked: string }>} check
 */
export async function runAsProgram(moduleUrl, check) {
  if (process.argv[1] === undefined || pathToFileURL(process.argv[1]).href !== moduleUrl) return;
  const { problems, checked } = await check();
  if (problems.length === 0) {
    process.stdout.write(`ok: ${checked}\n`);
    return;
  }
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  process.stderr.write(`${problems.length} problem${problems.length === 1 ? "" : "s"} (${checked})\n`);
  process.exitCode = 1;
}
