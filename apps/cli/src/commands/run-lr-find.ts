import type { Io } from "../io.ts";
import { describeCurves, describeRates } from "../lr-find/describe-rates.ts";
import { findLearningRates, type LearningRates, type LrFindOptions } from "../lr-find/find-learning-rates.ts";
import { UsageError } from "../options/usage-error.ts";
import { createProgressLine } from "../output/progress-line.ts";
import { styleFor } from "../output/style.ts";
import { quoted } from "./run-finetune.ts";

type LrFindFlags = Partial<LrFindOptions> & {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly config?: unknown;
};

/** The command that trains with what was found. */
function trainingCommand({ suggestion }: LearningRates, { vectors, fromModel, train, dev }: LrFindOptions): string {
  const given = { vectors, "from-model": fromModel, train, dev };
  const flags = Object.entries(given).flatMap(([flag, value]) =>
    value === undefined ? [] : [`--${flag} ${quoted(value)}`],
  );
  return `thawline finetune ${flags.join(" ")} --lr ${suggestion.lr} --embedding-lr ${suggestion.embeddingLr} --out run`;
}

/** `thawline lr-find` with parsed flags. */
export async function runLrFind(flags: LrFindFlags, io: Io): Promise<number> {
  const { json, quiet = false, config: _, ...options } = flags;
  if (options.train === undefined) throw new UsageError("expected --train FILE: labelled text");
  if (options.from !== undefined && options.to !== undefined && options.from >= options.to) {
    throw new UsageError(`expected --from below --to, got ${options.from} and ${options.to}`);
  }
  const signal = io.interrupt?.();
  const progress = createProgressLine(io, quiet);
  progress.show("reading data and vectors …");
  const asked = options as LrFindOptions;
  const rates = await findLearningRates(asked, {
    onProgress: (doing, done) => progress.show(`${doing} … ${Math.round(done * 100)} %`),
    ...(signal === undefined ? {} : { signal }),
  }).finally(progress.clear);
  if (!quiet) io.stderr.write(describeCurves(rates, styleFor(io.stderr, io)));
  io.stdout.write(
    json
      ? `${JSON.stringify(rates, null, 2)}\n`
      : describeRates(rates, styleFor(io.stdout, io), trainingCommand(rates, asked)),
  );
  return 0;
}
