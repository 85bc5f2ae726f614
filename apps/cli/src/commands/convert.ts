import type { VectorDType, WritableFormatName } from "@thawline/vectors";
import { oneOf, wholeNumber } from "../options/parsers.ts";
import { type AddCommand, commonOptions } from "./context.ts";
import { vectorsFormatOption } from "./vectors-format-option.ts";

const writableNames = [
  "glove",
  "word2vec",
  "word2vec-binary",
  "safetensors",
  "npy",
] as const satisfies readonly WritableFormatName[];
const dtypes = ["f32", "f16"] as const satisfies readonly VectorDType[];

const examples = `
Examples:
  $ thawline convert GoogleNews-vectors-negative300.bin.gz google.safetensors --dtype f16
  $ thawline convert glove.840B.300d.txt small.vec --keep-words words.txt
  $ thawline convert cc.en.300.bin first.txt.gz --limit 50000
  $ thawline convert glove.6B.zip#glove.6B.100d.txt - --to word2vec | head

The extension of <out> chooses the format: .txt (GloVe text), .vec (word2vec text), .bin (word2vec binary), .safetensors,
.npy (its words go to NAME.words.txt); .gz behind it compresses. Nothing is half-written. - is stdin or stdout; stdout needs --to.`;

/** `thawline convert`. */
export const addConvert: AddCommand = (program, context) => {
  const command = program
    .command("convert")
    .description("from one format of vectors to another, row by row")
    .argument("<in>", "vector file, archive.zip#file, a Model2Vec or sentence-transformers folder, or -")
    .argument("<out>", "file to write, or -")
    .option("--to <name>", `${writableNames.join(", ")} (default: by the extension of <out>)`, oneOf(writableNames))
    .option("--keep-words <file>", "only the words in this file, one a line")
    .option("--limit <n>", "only the first n rows of <in>", wholeNumber(1))
    .option("--dtype <type>", "f32 (default) or f16, for safetensors and npy", oneOf(dtypes))
    .option("--skip-bad-rows", "leave out rows with NaN or infinity and words that the format cannot hold")
    .addOption(vectorsFormatOption());
  commonOptions(command)
    .addHelpText("after", examples)
    .action(async (input: string, output: string) => {
      const { runConvert } = await import("./run-convert.ts");
      await runConvert(input, output, { ...command.opts(), io: context.io });
    });
};
