import { oneOf, wholeNumber } from "../options/parsers.ts";
import { backendNames, nodeBackendNames } from "../pipeline/backend-names.ts";
import { type AddCommand, commonOptions } from "./context.ts";

const examples = `
Examples:
  $ thawline predict --model run/model texts.txt
  $ echo "a warm, funny film" | thawline predict --model run/model -
  $ thawline predict --model run/model --json --top 3 texts.txt > predictions.jsonl

One line in, one line out, in order: label, tab, probability, tab, text. --top K puts K pairs of label and probability
before the text. --json prints one JSON object a line instead.`;

/** `thawline predict`. */
export const addPredict: AddCommand = (program, context) => {
  const command = program
    .command("predict")
    .description("label lines of text with a saved model")
    .argument("[file]", "text, one example a line, also .gz; - is stdin", "-")
    .option("--model <dir>", "model folder, or the run folder that holds it")
    .option("--top <k>", "the k likeliest labels", wholeNumber(1))
    .option(
      "--backend <name>",
      `auto, ${nodeBackendNames.join(", ")} (default auto)`,
      oneOf(["auto", ...backendNames]),
    );
  commonOptions(command)
    .addHelpText("after", examples)
    .action(async (file: string) => {
      const { runPredict } = await import("./run-predict.ts");
      await runPredict(file, command.opts(), context.io);
    });
};
