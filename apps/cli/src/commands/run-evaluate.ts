import type { Io } from "../io.ts";
import { UsageError } from "../options/usage-error.ts";
import { counted, percent } from "../output/format.ts";
import { textTable } from "../output/text-table.ts";
import { type EvaluateOptions, type Evaluation, evaluateFile } from "../pipeline/evaluate-file.ts";

/** Up to so many labels the whole matrix is shown, else the worst confusions. */
const matrixLabels = 12;

function confusionTable({ labels, matrix }: Evaluation["confusion"]): string {
  if (labels.length <= matrixLabels) {
    return textTable(
      ["label \\ predicted", ...labels],
      matrix.map((row, i) => [labels[i]!, ...row.map(String)]),
    );
  }
  const confused = matrix
    .flatMap((row, i) => row.map((count, j) => ({ label: labels[i]!, predicted: labels[j]!, count, isHit: i === j })))
    .filter(({ count, isHit }) => count > 0 && !isHit)
    .sort((a, b) => b.count - a.count)
    .slice(0, matrixLabels);
  return textTable(
    ["most confused", "taken for", "rows"],
    confused.map(({ label, predicted, count }) => [label, predicted, String(count)]),
  );
}

function describe({ data, metrics, perClass, confusion }: Evaluation): string {
  return [
    `accuracy ${percent(metrics.accuracy)}   macro-F1 ${metrics.macroF1.toFixed(4)}   loss ${metrics.loss.toFixed(4)}   calibration error (ECE) ${metrics.calibrationError.toFixed(4)}   ${counted(metrics.rows, "row")}`,
    ...(data.skipped > 0 ? [`${counted(data.skipped, "row")} without text or label left out`] : []),
    "",
    textTable(
      ["label", "precision", "recall", "F1", "rows"],
      perClass.map((each) => [
        each.label,
        each.precision.toFixed(4),
        each.recall.toFixed(4),
        each.f1.toFixed(4),
        String(each.support),
      ]),
    ),
    "",
    confusionTable(confusion),
    "",
  ].join("\n");
}

/** `thawline evaluate` with parsed flags. */
export async function runEvaluate(
  flags: Partial<EvaluateOptions> & { readonly json?: boolean },
  { stdout }: Io,
): Promise<void> {
  if (flags.model === undefined) throw new UsageError("expected --model DIR: a folder that finetune wrote");
  if (flags.data === undefined) throw new UsageError("expected --data FILE: labelled text");
  const result = await evaluateFile(flags as EvaluateOptions);
  stdout.write(flags.json ? `${JSON.stringify(result, null, 2)}\n` : describe(result));
}
