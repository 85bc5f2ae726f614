import { runCommand } from "./run-command.mjs";

/**
 * @typedef {object} Step
 * @property {string} name
 * @property {readonly [string, ...string[]]} command
 * @property {(exitCode: number, output: string) => { passed: number, failed: number, problems?: readonly string[], notes?: readonly string[] }} count
 */

/**
 * A step that counts as one passed or one failed test.
 * @param {string} name
 * @param {readonly [string, ...string[]]} command
 * @returns {Step}
 */
export const checkStep = (name, command) => ({
  name,
  command,
  count: (exitCode) => (exitCode === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }),
});

async function runStep({ name, command, count }, { write, ...options }) {
  write(`${name} … `);
  const start = performance.now();
  const { code, output } = await runCommand(command, options);
  const counted = count(code, output);
  // Whatever a step's count says, a command that failed is a failure.
  const failed = counted.failed === 0 && code !== 0 ? 1 : counted.failed;
  const counts = counted.passed + failed > 1 ? ` (${counted.passed} passed, ${failed} failed)` : "";
  write(`${failed === 0 ? "ok" : "FAILED"}${counts}, ${((performance.now() - start) / 1000).toFixed(1)} s\n`);
  for (const line of counted.notes ?? []) write(`  ${line}\n`);
  if (failed > 0) write(`${[output.trimEnd(), ...(counted.problems ?? [])].join("\n")}\n`);
  return { passed: counted.passed, failed };
}

/**
 * Runs steps in order up to the first that fails, and shows the output of that one.
 * @param {readonly Step[]} steps
 * @param {{ write: (text: string) => void, cwd?: string, env?: NodeJS.ProcessEnv }} options
 * @returns {Promise<{ passed: number, failed: number }>} at least one failed unless every step ran and succeeded
 */
export async function runSteps(steps, options) {
  const total = { passed: 0, failed: 0 };
  for (const step of steps) {
    try {
      const { passed, failed } = await runStep(step, options);
      total.passed += passed;
      total.failed += failed;
    } catch (error) {
      options.write(`FAILED\n${error instanceof Error ? error.stack : error}\n`);
      total.failed += 1;
    }
    if (total.failed > 0) break;
  }
  return total;
}
