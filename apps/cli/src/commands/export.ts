import { oneOf } from "../options/parsers.ts";
import { type AddCommand, commonOptions } from "./context.ts";

/** Names of what a model can be exported as. */
export const exportFormatNames = [
  "word2vec",
  "word2vec-binary",
  "glove",
  "safetensors",
  "model2vec",
  "projector",
] as const;

const examples = `
Examples:
  $ thawline export --model run/model --format word2vec --out tuned.vec.gz
  $ thawline export --model run/model --format model2vec --out tuned-model2vec
  $ thawline export --model run/model --format projector --out projector

word2vec, word2vec-binary, glove and safetensors write the words' vectors to one file (.gz behind its name compresses):
those of their rows, or of what makes them (fastText subwords, a tokenizer's weighted tokens). model2vec writes a folder
for Python's StaticModel.from_pretrained; projector the two files that projector.tensorflow.org loads. Nothing is
half-written.`;

/** `thawline export`. */
export const addExport: AddCommand = (program, context) => {
  const command = program
    .command("export")
    .description("write a saved model's vectors in a form that other tools read")
    .option("--model <dir>", "model folder, or the run folder that holds it")
    .option("--format <name>", exportFormatNames.join(", "), oneOf(exportFormatNames))
    .option("--out <path>", "file to write; of model2vec and projector a folder");
  commonOptions(command)
    .addHelpText("after", examples)
    .action(async () => {
      const { runExport } = await import("./run-export.ts");
      await runExport(command.opts(), context.io);
    });
};
