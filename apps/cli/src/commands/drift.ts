import { fraction, notNegative, oneOf, wholeNumber } from "../options/parsers.ts";
import { type AddCommand, commonOptions } from "./context.ts";
import { tokenizerFlagNames } from "./fine-tune-flags.ts";
import { vectorsFormatOption } from "./vectors-format-option.ts";

const examples = `
Examples:
  $ thawline drift glove.6B.100d.txt run/vectors.txt
  $ thawline drift glove.6B.100d.txt run/vectors.txt --data train.tsv --top 50 --json
  $ thawline drift before.vec after.bin --similarity SimLex-999.txt wordsim353.tsv --analogies questions-words.txt
  $ thawline drift before.vec after.vec --max-mean-cosine-distance 0.2 --min-neighbor-overlap 0.6

The two files may come from any tool and be of any two formats; words are compared that both have. Cosine distance is
1 - cosine, 0 for a word that did not move; averages are over words that moved. With --data, the training text, drift is
also told by frequency, and how far moved words came away from words that the text lacks. Beyond a limit the exit code
is 3. docs/drift-figures.md defines every figure.`;

/** `thawline drift`. */
export const addDrift: AddCommand = (program, context) => {
  const command = program
    .command("drift")
    .description("how far words moved between two files of vectors, from any tool")
    .argument("<before>", "vector file, or a Model2Vec or sentence-transformers folder")
    .argument("<after>", "the same vectors after tuning")
    .option("--data <file>", "the text that was trained on: .tsv, .csv, .jsonl or .parquet, also .gz; - is stdin")
    .option("--counts <file>", "counts for frequency bands, a word and its count a line (default: those of --data)")
    .option("--similarity <file...>", "word pairs with people's scores: is their order kept?")
    .option("--analogies <file...>", "analogies as in questions-words.txt: are they still solved?")
    .option("--top <n>", "name so many most moved words (default 20)", wholeNumber(0))
    .option("--k <n>", "neighbours a word (default 10)", wholeNumber(1))
    .option("--sample <n>", "moved words whose neighbours are compared (default 200)", wholeNumber(1))
    .option("--candidates <n>", "words among which neighbours are sought (default 10000)", wholeNumber(2))
    .option("--seed <n>", "of the samples (default 1)", wholeNumber(0))
    .option("--max-mean-cosine-distance <x>", "exit with 3 above it", notNegative)
    .option("--max-cosine-distance <x>", "exit with 3 where any word moved further", notNegative)
    .option("--min-neighbor-overlap <share>", "exit with 3 where fewer neighbours are kept", fraction)
    .option(
      "--tokenizer <name>",
      `of --data: ${tokenizerFlagNames.join(", ")} (default words)`,
      oneOf(tokenizerFlagNames),
    )
    .option("--lowercase", "lower-case the text of --data (default: where the vectors are lower-case)")
    .option("--no-lowercase", "keep its case")
    .option("--text-column <name>", "column (CSV, Parquet) or key (JSONL) of the text (default text)")
    .option("--label-column <name>", "column (CSV, Parquet) or key (JSONL) of the label (default label)")
    .addOption(vectorsFormatOption());
  commonOptions(command)
    .addHelpText("after", examples)
    .action(async (before: string, after: string) => {
      const { runDrift } = await import("./run-drift.ts");
      context.exitCode = await runDrift({ ...command.opts(), before, after }, context.io);
    });
};
