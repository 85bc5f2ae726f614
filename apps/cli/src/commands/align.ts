import { fraction, oneOf, wholeNumber } from "../options/parsers.ts";
import { type AddCommand, commonOptions } from "./context.ts";
import { tokenizerFlagNames } from "./fine-tune-flags.ts";
import { vectorsFormatOption } from "./vectors-format-option.ts";

const examples = `
Examples:
  $ thawline align --vectors glove.6B.100d.txt --data train.tsv
  $ thawline align --vectors glove.6B.100d.txt --data train.tsv --dev dev.tsv --test test.tsv --min-coverage 0.85
  $ thawline align --vectors vectors.bin --data reviews.csv --label-column stars --tokenizer words --no-lowercase --json

Every tokenizer is tried, with and without lower-casing. All else is measured with the one that fits best, or with
--tokenizer and --lowercase. --min-coverage is a share of the tokens of --data; below it the exit code is 3.`;

/** `thawline align`. */
export const addAlign: AddCommand = (program, context) => {
  const command = program
    .command("align")
    .description(
      "how the words of a text meet those of the vectors: coverage, tokenizers, missing words and their rescue",
    )
    .option(
      "--vectors <file>",
      "vector file, archive.zip#file, a Model2Vec or sentence-transformers folder, or - for stdin",
    )
    .option("--data <file>", "labelled text to train on: .tsv, .csv, .jsonl or .parquet, also .gz; - is stdin")
    .option("--dev <file>", "measured too; nothing is chosen on it")
    .option("--test <file>", "measured too; nothing is chosen on it")
    .option("--min-coverage <share>", "exit with 3 where fewer of the tokens have a vector", fraction)
    .option(
      "--tokenizer <name>",
      `measure with one of ${tokenizerFlagNames.join(", ")} (default: the best)`,
      oneOf(tokenizerFlagNames),
    )
    .option("--lowercase", "measure with lower-cased text (default: what fits best)")
    .option("--no-lowercase", "measure with case kept")
    .option("--top <n>", "list so many words at most (default 100; the report shows fewer)", wholeNumber(1))
    .option("--text-column <name>", "column (CSV, Parquet) or key (JSONL) of the text (default text)")
    .option("--label-column <name>", "column (CSV, Parquet) or key (JSONL) of the label (default label)")
    .option("--strict", "a row without text or label is an error")
    .addOption(vectorsFormatOption());
  commonOptions(command)
    .addHelpText("after", examples)
    .action(async () => {
      const { runAlign } = await import("./run-align.ts");
      context.exitCode = await runAlign(command.opts(), context.io);
    });
};
