import { wholeNumber } from "../options/parsers.ts";
import { type AddCommand, commonOptions } from "./context.ts";
import { vectorsFormatOption } from "./vectors-format-option.ts";

const examples = `
Examples:
  $ thawline neighbors glove.txt good terrible
  $ thawline neighbors glove.txt good --compare run/vectors.txt --k 5`;

/** `thawline neighbors`. */
export const addNeighbors: AddCommand = (program, context) => {
  const command = program
    .command("neighbors")
    .description("the words nearest to a word, by cosine; with --compare before and after")
    .argument("<vectors>", "vector file, also a model's model.safetensors, archive.zip#file, or -")
    .argument("<word...>", "words to look at")
    .option("--k <n>", "neighbours a word (default 10)", wholeNumber(1))
    .option("--compare <file>", "a second vector file, such as the tuned one")
    .addOption(vectorsFormatOption());
  commonOptions(command)
    .addHelpText("after", examples)
    .action(async (vectors: string, words: string[]) => {
      const { runNeighbors } = await import("./run-neighbors.ts");
      context.exitCode = await runNeighbors(vectors, words, command.opts(), context.io);
    });
};
