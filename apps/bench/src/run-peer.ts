import { spawn } from "node:child_process";

/** One line of figures, as our own `step` and `load` and every peer print it. Seconds, megabytes, examples a second. */
export interface Figures {
  readonly peer: string;
  readonly V: number;
  readonly load_s: number;
  readonly train_s?: number;
  readonly examples_per_s?: number;
  readonly peak_rss_mb: number;
  readonly rss_before_mb?: number;
  readonly test_accuracy?: number | null;
}

/** What to run: a program and its arguments, in a folder. */
export interface PeerCommand {
  readonly name: string;
  readonly argv: readonly [string, ...string[]];
  readonly folder: string;
}

/** Runs a command pinned to one core and returns the JSON of its last line of output. @throws Error with its stderr. */
export function runPeer(command: PeerCommand, cpu: number): Promise<Figures> {
  return new Promise((resolve, reject) => {
    const child = spawn("taskset", ["-c", String(cpu), ...command.argv], { cwd: command.folder });
    let output = "";
    let problems = "";
    child.stdout.on("data", (chunk) => (output += chunk));
    child.stderr.on("data", (chunk) => (problems += chunk));
    child.on("error", (cause) => reject(new Error("taskset (util-linux) could not be started", { cause })));
    child.on("close", (code) => {
      const last = output.trim().split("\n").at(-1) ?? "";
      if (code === 0 && last.startsWith("{")) resolve(JSON.parse(last) as Figures);
      else reject(new Error(`${command.name}: exit ${code}; ${problems.trim().slice(-600) || "no figures printed"}`));
    });
  });
}
