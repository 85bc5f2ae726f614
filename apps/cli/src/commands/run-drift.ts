import { type DriftFilesOptions, driftFiles } from "../drift/drift-files.ts";
import type { Io } from "../io.ts";
import { describeFilesDrift, describeGate } from "../output/describe-drift-files.ts";
import { grouped } from "../output/format.ts";
import { createProgressLine } from "../output/progress-line.ts";
import { createReadingProgress } from "../output/reading-progress.ts";
import { styleFor } from "../output/style.ts";

type DriftFlags = Omit<DriftFilesOptions, "onProgress" | "onRead" | "signal"> & {
  readonly json?: boolean;
  readonly quiet?: boolean;
};

/** Tables with more words than this take over a second to compare. */
const manyWords = 20_000;

/** `thawline drift` with parsed flags. Exit code 3 beyond a limit. */
export async function runDrift(flags: DriftFlags, io: Io): Promise<number> {
  const { json, quiet = false, ...options } = flags;
  const signal = io.interrupt?.();
  const reading = createReadingProgress(io, { quiet, doing: "reading vectors" });
  const line = createProgressLine(io, quiet);
  const report = await driftFiles({
    ...options,
    onProgress: reading.onProgress,
    onRead(sharedRows) {
      reading.clear();
      if (sharedRows > manyWords) line.show(`comparing ${grouped(sharedRows)} words`);
    },
    ...(signal === undefined ? {} : { signal }),
  }).finally(() => {
    reading.clear();
    line.clear();
  });
  io.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : describeFilesDrift(report, styleFor(io.stdout, io)));
  const style = styleFor(io.stderr, io);
  for (const gate of report.gates) {
    if (!gate.passed || !quiet) io.stderr.write(`${style[gate.passed ? "green" : "yellow"](describeGate(gate))}\n`);
  }
  return report.gates.every((gate) => gate.passed) ? 0 : 3;
}
