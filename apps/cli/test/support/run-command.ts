import type { Io } from "../../src/io.ts";
import { main } from "../../src/main.ts";

/** What a command did. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How to run it. */
export interface RunOptions {
  readonly cwd?: string;
  readonly signal?: AbortSignal;
  readonly env?: Readonly<Record<string, string>>;
  /** True where both streams are a terminal. */
  readonly isTTY?: boolean;
  /** Called with everything written to stdout or stderr, as it comes. */
  readonly onText?: (text: string) => void;
}

/** Runs the command in this process with its streams captured. */
export async function run(argv: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const { signal, env = {}, isTTY = false } = options;
  const texts = { stdout: "", stderr: "" };
  const output = (name: "stdout" | "stderr"): Io["stdout"] => ({
    isTTY,
    write(text) {
      texts[name] += text;
      options.onText?.(text);
    },
  });
  const code = await main(argv, {
    stdout: output("stdout"),
    stderr: output("stderr"),
    env,
    // A folder without a configuration file, unless the test has one.
    cwd: options.cwd ?? "/",
    ...(signal === undefined ? {} : { interrupt: () => signal }),
  });
  return { code, ...texts };
}
