import { type CompareOptions, compareFiles } from "../compare/compare-files.ts";
import { describeComparison, describePlan, describeRun } from "../compare/describe.ts";
import type { Io } from "../io.ts";
import { UsageError } from "../options/usage-error.ts";
import { createProgressLine, trainingProgress } from "../output/progress-line.ts";
import { styleFor } from "../output/style.ts";
import type { OutputFlags } from "./run-finetune.ts";

type Flags = Partial<CompareOptions> & OutputFlags & { readonly config?: unknown };

function optionsOf({ config: _, json: __, quiet: ___, ...flags }: Flags): CompareOptions {
  const { train, out } = flags;
  if (out === undefined) throw new UsageError("expected --out DIR: the folder that the comparison is written to");
  if (train === undefined) throw new UsageError("expected --train FILE: labelled text");
  return { policies: ["frozen", "gradual"], ...flags, train, out };
}

/** `thawline compare` with parsed flags. Exit code 0, or 130 after an interruption. */
export async function runCompare(flags: Flags, io: Io): Promise<number> {
  const options = optionsOf(flags);
  const { json = false, quiet = false } = flags;
  const signal = io.interrupt?.();
  const talk = quiet ? () => {} : (text: string) => void io.stderr.write(text);
  const progress = createProgressLine(io, quiet);
  const document = await compareFiles(options, {
    onEvent: (event) => {
      if (event.kind === "run") {
        if (event.event.kind === "progress") progress.show(`${event.name}  ${trainingProgress(event.event)}`);
        return;
      }
      progress.clear();
      if (event.kind === "prepared") talk(describePlan(event));
      else if (event.kind === "finished") talk(describeRun(event));
      else progress.show("resampling …");
    },
    ...(signal === undefined ? {} : { signal }),
  });
  progress.clear();
  if (json) io.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
  if (document.status === "interrupted") {
    const { done, total } = document.runs;
    io.stderr.write(
      `Stopped; ${done} of ${total} runs are kept in ${options.out}. The same command with --resume goes on.\n`,
    );
    return 130;
  }
  if (!json) io.stdout.write(describeComparison(document, styleFor(io.stdout, io)));
  return 0;
}
