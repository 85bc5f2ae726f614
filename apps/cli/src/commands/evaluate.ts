import { oneOf } from "../options/parsers.ts";
import { backendNames, nodeBackendNames } from "../pipeline/backend-names.ts";
import { type AddCommand, commonOptions } from "./context.ts";

const examples = `
Examples:
  $ thawline evaluate --model run/model --data test.tsv
  $ thawline evaluate --model run/model --data reviews.csv --label-column stars --json`;

/** `thawline evaluate`. */
export const addEvaluate: AddCommand = (program, context) => {
  const command = program
    .command("evaluate")
    .description("accuracy, macro-F1, figures of each label, confusion matrix, calibration and loss of a saved model")
    .option("--model <dir>", "model folder, or the run folder that holds it")
    .option("--data <file>", "labelled text: .tsv, .csv, .jsonl or .parquet, also .gz; - is stdin")
    .option("--text-column <name>", "column (CSV, Parquet) or key (JSONL) of the text (default text)")
    .option("--label-column <name>", "column (CSV, Parquet) or key (JSONL) of the label (default label)")
    .option("--strict", "a row without text or label is an error")
    .option(
      "--backend <name>",
      `auto, ${nodeBackendNames.join(", ")} (default auto)`,
      oneOf(["auto", ...backendNames]),
    );
  commonOptions(command)
    .addHelpText("after", examples)
    .action(async () => {
      const { runEvaluate } = await import("./run-evaluate.ts");
      await runEvaluate(command.opts(), context.io);
    });
};
