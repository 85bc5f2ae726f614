import type { FindingCode } from "@thawline/text";
import { fraction, listOf, positive, wholeNumber } from "../options/parsers.ts";
import { type AddCommand, commonOptions } from "./context.ts";

// Repeated here so that `--help` need not load the packages; a test compares them.
/** What a check can find. */
export const checkFindingCodes = [
  "unlearnable",
  "leaks",
  "unknown-labels",
  "conflicts",
  "label-spellings",
  "label-noise",
  "near-leaks",
  "near-conflicts",
  "encoding",
  "repeats",
  "imbalance",
  "missing-labels",
  "rare-labels",
  "skipped-rows",
  "odd-texts",
] as const satisfies readonly FindingCode[];

const examples = `
Examples:
  $ thawline check-data --train train.tsv --dev dev.tsv --test test.tsv
  $ thawline check-data --train reviews.csv --label-column stars --json > check.json
  $ thawline check-data --train train.tsv --test test.tsv --max-leaked 0 --fail-on unlearnable,conflicts

No vectors are needed. Leaks are rows of a later split that stand in an earlier one, to the character, but for case and
punctuation, or with a word or so changed. Label noise and baselines come from a linear model on the words in seeded
cross-validation; --no-model leaves them out and takes seconds on hundreds of thousands of rows.
Findings: ${checkFindingCodes.join(", ")}.
Exit code 3 where a limit of --max-leaked or --fail-on is passed.`;

/** `thawline check-data`. */
export const addCheckData: AddCommand = (program, context) => {
  const command = program
    .command("check-data")
    .description(
      "leaks across splits, contradictory and likely wrong labels, odd rows, and whether there is anything to learn",
    )
    .option("--train <file>", "labelled text to train on: .tsv, .csv, .jsonl or .parquet, also .gz; - is stdin")
    .option("--dev <file>", "labelled text to choose by")
    .option("--test <file>", "labelled text for the final score")
    .option(
      "--max-leaked <share>",
      "exit with 3 where more of the rows of --dev or --test stand in an earlier split",
      fraction,
    )
    .option(
      "--fail-on <findings>",
      "exit with 3 where one of these is found: problem, warning (problems too), or findings by name",
      listOf(["problem", "warning", ...checkFindingCodes]),
    )
    .option(
      "--near-similarity <share>",
      "least share of common words (Jaccard) of nearly same texts (default 0.8)",
      nearShare,
    )
    .option("--no-model", "leave out baselines and label noise")
    .option("--folds <n>", "folds of the cross-validation (default 10; 5 with more than 20 labels)", wholeNumber(2))
    .option("--seed <n>", "of folds and shuffled labels (default 1)", wholeNumber(0))
    .option(
      "--top <n>",
      "list so many examples of each kind at most (default 100; the report shows fewer)",
      wholeNumber(1),
    )
    .option("--text-column <name>", "column (CSV, Parquet) or key (JSONL) of the text (default text)")
    .option("--label-column <name>", "column (CSV, Parquet) or key (JSONL) of the label (default label)")
    .option("--strict", "a row without text or label is an error");
  commonOptions(command)
    .addHelpText("after", examples)
    .action(async () => {
      const { runCheckData } = await import("./run-check-data.ts");
      context.exitCode = await runCheckData(command.opts(), context.io);
    });
};

/** A share in (0, 1]. */
function nearShare(text: string): number {
  const share = fraction(text);
  return share === 0 ? positive(text) : share;
}
