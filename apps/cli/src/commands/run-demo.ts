import type { Io } from "../io.ts";
import { demoDataFolder, prepareDemo } from "../pipeline/demo-data.ts";
import type { FineTuneOptions } from "../pipeline/settings.ts";
import { type OutputFlags, quoted, showRun } from "./run-finetune.ts";

/** `thawline demo` with parsed flags. */
export async function runDemo(
  flags: Partial<FineTuneOptions> & OutputFlags & { out: string },
  io: Io,
): Promise<number> {
  const { json = false, quiet = false, ...rest } = flags;
  const { config: _, ...options } = rest as typeof rest & { config?: unknown };
  const sample = await prepareDemo(options.out, options.seed ?? 1);
  if (!quiet) {
    const { rows, skipped, files } = sample;
    io.stderr.write(
      `Sample   ${rows.toLocaleString("en-US")} labelled sentences; ${skipped.length} rows without a class were left out (${skipped.join(", ")})\n` +
        `The same as:\n  thawline finetune --vectors ${sample.vectors} \\\n    --train ${files.train} --dev ${files.dev} --test ${files.test} --out DIR\n\n`,
    );
  }
  return showRun({ vectors: sample.vectors, ...sample.files, ...options, force: true }, io, {
    json,
    quiet,
    command: "demo",
    resumeHint: `thawline finetune --out ${quoted(options.out)} --resume`,
    besides: [demoDataFolder],
    further: { sample: { rows: sample.rows, skipped: sample.skipped } },
  });
}
