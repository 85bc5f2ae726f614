import { type CheckFilesOptions, type CheckGate, checkFiles } from "../check-data/check-files.ts";
import { describeCheck } from "../check-data/describe-check.ts";
import type { Io } from "../io.ts";
import { UsageError } from "../options/usage-error.ts";
import { counted, percent } from "../output/format.ts";
import { createProgressLine } from "../output/progress-line.ts";
import { styleFor } from "../output/style.ts";

type CheckFlags = Partial<Omit<CheckFilesOptions, "onProgress">> & {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly config?: unknown;
};

/** Says which limit was held or passed. */
function describeGate({ name, limit, value, passed }: CheckGate): string {
  const found =
    name === "max-leaked"
      ? `${percent(value)} of a split's rows stand in an earlier one; --max-leaked allows ${percent(limit as number)}`
      : `--fail-on ${limit}: ${counted(value, "finding")}`;
  return `${found}: ${passed ? "passed" : "FAILED"}`;
}

/** `thawline check-data` with parsed flags. Exit code 3 where a limit is passed. */
export async function runCheckData(flags: CheckFlags, io: Io): Promise<number> {
  const { train, json, quiet = false, config: _, ...rest } = flags;
  if (train === undefined) throw new UsageError("expected --train FILE: labelled text");
  const progress = createProgressLine(io, quiet);
  const doing = { texts: "comparing texts", model: "fitting linear models" };
  const check = await checkFiles({
    ...rest,
    train,
    onProgress: (step, done) => progress.show(`${doing[step]} … ${Math.round(done * 100)} %`),
  }).finally(progress.clear);
  io.stdout.write(json ? `${JSON.stringify(check, null, 2)}\n` : describeCheck(check, styleFor(io.stdout, io)));
  const style = styleFor(io.stderr, io);
  for (const gate of check.gates) {
    if (!gate.passed || !quiet) io.stderr.write(`${style[gate.passed ? "green" : "yellow"](describeGate(gate))}\n`);
  }
  return check.gates.every((gate) => gate.passed) ? 0 : 3;
}
