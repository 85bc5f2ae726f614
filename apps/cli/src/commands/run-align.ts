import type { Io } from "../io.ts";
import { checkOneStdin } from "../options/one-stdin.ts";
import { UsageError } from "../options/usage-error.ts";
import { describeAudit } from "../output/describe-audit.ts";
import { percent } from "../output/format.ts";
import { createReadingProgress } from "../output/reading-progress.ts";
import { styleFor } from "../output/style.ts";
import { type AuditFilesOptions, auditFiles, type FilesAudit } from "../pipeline/audit-files.ts";

type AlignFlags = Partial<Omit<AuditFilesOptions, "onProgress" | "signal">> & {
  readonly json?: boolean;
  readonly quiet?: boolean;
};

/** Says which coverage was held against which limit. */
function describeGate({ gate, measuredWith, data }: FilesAudit): string {
  const { coverage, minCoverage, passed } = gate!;
  const measured = `${percent(coverage)} of the tokens of ${data.train.file} have a vector (tokenizer ${measuredWith.name})`;
  return `${measured}; --min-coverage asks for ${percent(minCoverage)}: ${passed ? "passed" : "FAILED"}`;
}

/** `thawline align` with parsed flags. Exit code 3 below `--min-coverage`. */
export async function runAlign(flags: AlignFlags, io: Io): Promise<number> {
  const { vectors, data, json, quiet = false, ...rest } = flags;
  if (vectors === undefined) throw new UsageError("expected --vectors FILE: pre-trained vectors");
  if (data === undefined) throw new UsageError("expected --data FILE: labelled text");
  checkOneStdin({ "--vectors": vectors, "--data": data, "--dev": rest.dev, "--test": rest.test });
  const signal = io.interrupt?.();
  const progress = createReadingProgress(io, { quiet, doing: "reading vectors" });
  const audit = await auditFiles({
    ...rest,
    vectors,
    data,
    onProgress: progress.onProgress,
    ...(signal === undefined ? {} : { signal }),
  }).finally(progress.clear);
  io.stdout.write(json ? `${JSON.stringify(audit, null, 2)}\n` : describeAudit(audit, styleFor(io.stdout, io)));
  if (audit.gate === null) return 0;
  const { passed } = audit.gate;
  const style = styleFor(io.stderr, io);
  if (!passed || !quiet) io.stderr.write(`${style[passed ? "green" : "yellow"](describeGate(audit))}\n`);
  return passed ? 0 : 3;
}
