import { appendFileSync } from "node:fs";
import { availableParallelism, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { type Case, createCases } from "./cases.ts";
import { type Figures, runPeer } from "./run-peer.ts";
import { median } from "./statistics.ts";
import { UsageError } from "./usage-error.ts";

const options = {
  peers: { type: "string" },
  prepared: { type: "string" },
  rounds: { type: "string", default: "5" },
  cpu: { type: "string", default: "1" },
  only: { type: "string", default: "mr,scale,load" },
  "gensim-python": { type: "string", default: "python3" },
  out: { type: "string" },
} as const;

/**
 * `bench ratios`: runs our product and its peers in turn, pinned to one core, and prints the median figures of each and
 * the ratios of issue 2. A ratio is taken within a round and then its median over the rounds, since only figures of the
 * same minute compare on a shared machine.
 */
export async function ratios(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options });
  const rounds = wholeNumber("--rounds", values.rounds, 1);
  const cpu = wholeNumber("--cpu", values.cpu, 0);
  const cases = await createCases({
    scripts: values.peers,
    prepared: values.prepared ?? process.env.PEERS_DIR,
    gensimPython: values["gensim-python"],
    only: values.only.split(","),
  });
  for (const current of cases) {
    warnIfBusy();
    const results = await runRounds(current, { rounds, cpu, out: values.out });
    printFigures(current, results);
    printRatios(current, results);
  }
}

/** A peer that waits for a core, or shares one with a stranger, tells little: say so beside the figures. */
function warnIfBusy(): void {
  const [busy] = loadavg();
  const cores = availableParallelism();
  // One more process is about to run, on one core.
  if (busy! > cores - 1)
    process.stdout.write(
      `\nthe machine is busy (load ${busy!.toFixed(1)} on ${cores} cores): take these figures again when it is not\n`,
    );
}

/** Figures of each command of a case in each round. */
type Rounds = readonly ReadonlyMap<string, Figures>[];

async function runRounds(
  current: Case,
  run: { rounds: number; cpu: number; out: string | undefined },
): Promise<Rounds> {
  const results: Map<string, Figures>[] = [];
  for (let round = 0; round < run.rounds; round++) {
    const figures = new Map<string, Figures>();
    for (const command of current.commands) {
      const result = await runPeer(command, run.cpu);
      figures.set(command.name, result);
      if (run.out !== undefined)
        appendFileSync(run.out, `${JSON.stringify({ round, name: command.name, ...result })}\n`);
    }
    results.push(figures);
    process.stderr.write(`${current.title}: round ${round + 1} of ${run.rounds}\n`);
  }
  return results;
}

function printFigures({ title, commands }: Case, results: Rounds): void {
  const lines = [
    `\n${title}\n`,
    "| | V | load s | train s | examples/s (min..max) | peak MB (above start) | test accuracy |",
    "|---|---|---|---|---|---|---|",
  ];
  for (const { name } of commands) {
    const figures = results.map((round) => round.get(name)!);
    const of = (read: (f: Figures) => number | null | undefined): number[] =>
      figures.map(read).filter((x) => typeof x === "number");
    const middle = (values: readonly number[], digits: number): string =>
      values.length > 0 ? median(values).toFixed(digits) : "–";
    const speed = of((f) => f.examples_per_s);
    const span =
      speed.length > 0
        ? `${median(speed).toFixed(0)} (${Math.min(...speed).toFixed(0)}..${Math.max(...speed).toFixed(0)})`
        : "–";
    const above = of((f) => (f.rss_before_mb === undefined ? undefined : f.peak_rss_mb - f.rss_before_mb));
    const memory = `${middle(
      of((f) => f.peak_rss_mb),
      0,
    )} (${middle(above, 0)})`;
    lines.push(
      `| ${name} | ${figures[0]!.V} | ${middle(
        of((f) => f.load_s),
        2,
      )} | ${middle(
        of((f) => f.train_s),
        3,
      )} | ${span} | ${memory} | ${middle(
        of((f) => f.test_accuracy),
        4,
      )} |`,
    );
  }
  process.stdout.write(`${lines.join("\n")}\n\n`);
}

function printRatios(current: Case, results: Rounds): void {
  for (const { what, of, bound } of current.ratios) {
    const values = results.map((round) => of((name) => round.get(name)!));
    const value = median(values);
    const reached = bound.atLeast === undefined ? value <= bound.atMost : value >= bound.atLeast;
    const target = bound.atLeast === undefined ? `at most ${bound.atMost}` : `at least ${bound.atLeast}`;
    const span = `${Math.min(...values).toPrecision(3)}..${Math.max(...values).toPrecision(3)}`;
    process.stdout.write(`${reached ? "reached" : "MISSED "}  ${what}: ${value.toPrecision(3)} (${span}), ${target}\n`);
  }
}

function wholeNumber(flag: string, text: string, least: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least)
    throw new UsageError(`${flag} takes a whole number from ${least}, got "${text}"`);
  return value;
}
