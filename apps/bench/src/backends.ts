import { availableParallelism, loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { comparedBackends, stepTasks } from "./backend-step.ts";
import { runPeer } from "./run-peer.ts";
import { median } from "./statistics.ts";
import { UsageError } from "./usage-error.ts";

const options = {
  rounds: { type: "string", default: "3" },
  cpu: { type: "string", default: "1" },
  only: { type: "string", default: Object.keys(stepTasks).join(",") },
} as const;

const shown = (values: readonly number[]): string => {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return `${median(values).toFixed(2)} (${least.toFixed(2)}..${most.toFixed(2)})`;
};

function whole(flag: string, text: string, least: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least)
    throw new UsageError(`${flag} is a whole number from ${least}, got "${text}"`);
  return value;
}

/** Milliseconds a step of each backend, a figure a round; the backends in turn, so that a round is of one minute. */
async function measure(task: string, rounds: number, cpu: number): Promise<Map<string, number[]>> {
  const folder = process.cwd();
  const script = fileURLToPath(new URL("./main.js", import.meta.url));
  const times = new Map<string, number[]>(comparedBackends.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, list] of times) {
      const argv = [process.execPath, script, "backend-step", name, task] as const;
      const figures = (await runPeer({ name: `${name} ${task}`, argv: [...argv], folder }, cpu)) as unknown;
      list.push((figures as { ms_per_step: number }).ms_per_step);
    }
    process.stderr.write(`${task}: round ${round + 1} of ${rounds}\n`);
  }
  return times;
}

/**
 * `bench backends`: a training step on each backend of Node, pinned to one core; milliseconds and, taken within a round, the
 * ratio to `cpu`. The table of docs/backends.md.
 */
export async function backends(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options });
  const [rounds, cpu] = [whole("--rounds", values.rounds, 1), whole("--cpu", values.cpu, 0)];
  const [busy] = loadavg();
  if (busy! > availableParallelism() - 1) process.stdout.write(`\nthe machine is busy (load ${busy!.toFixed(1)})\n`);
  for (const task of values.only.split(",")) {
    const known = Object.hasOwn(stepTasks, task) ? stepTasks[task] : undefined;
    if (known === undefined)
      throw new UsageError(`--only takes ${Object.keys(stepTasks).join(", ")} with commas between, got "${task}"`);
    const times = await measure(task, rounds, cpu);
    const lines = [...times].map(([name, list]) => {
      const ratios = list.map((ms, round) => ms / times.get("cpu")![round]!);
      return `| ${name} | ${shown(list)} | ${median(ratios).toFixed(2)} |`;
    });
    const head = `\n${known.title}\n\n| backend | ms a step (least..most) | of cpu's |\n|---|---|---|\n`;
    process.stdout.write(`${head}${lines.join("\n")}\n`);
  }
}
