import { type AddCommand, commonOptions } from "./context.ts";
import { vectorsFormatOption } from "./vectors-format-option.ts";

const examples = `
Examples:
  $ thawline inspect glove.6B.100d.txt
  $ thawline inspect glove.6B.zip#glove.6B.100d.txt
  $ thawline inspect cc.en.300.bin --vectors-of words.txt --json`;

/** `thawline inspect`. */
export const addInspect: AddCommand = (program, context) => {
  const command = program
    .command("inspect")
    .description("what a file of vectors holds: format, size, norms, duplicates, zero and NaN rows, odd words")
    .argument("<vectors>", "vector file, archive.zip#file, a Model2Vec or sentence-transformers folder, or -")
    .option("--vectors-of <file>", "also the vectors of the words in this file, one a line")
    .addOption(vectorsFormatOption());
  commonOptions(command)
    .addHelpText("after", examples)
    .action(async (vectors: string) => {
      const { runInspect } = await import("./run-inspect.ts");
      await runInspect(vectors, command.opts(), context.io);
    });
};
