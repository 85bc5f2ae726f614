import { wholeNumber } from "../options/parsers.ts";
import { defaults } from "../pipeline/defaults.ts";
import { type AddCommand, commonOptions } from "./context.ts";
import { fineTuneFlags } from "./fine-tune-flags.ts";

const examples = `
Examples:
  $ thawline finetune --vectors glove.6B.100d.txt --train train.tsv --dev dev.tsv --test test.tsv --out run
  $ thawline finetune --vectors vectors.vec.gz --train reviews.csv --label-column stars --policy frozen --out frozen-run
  $ thawline finetune --out run --resume

--train, --dev and --test are .tsv (label, tab, text), .csv (with a header), .jsonl or .parquet, each also .gz; one of
them may be - for stdin. Without --dev a tenth of --train is held out. --out must be empty or not exist; --force replaces an earlier run in it. Ctrl-C writes a
checkpoint and exits with 130; --resume goes on to the same result that an uninterrupted run has.`;

/** `thawline finetune`: the main job. */
export const addFinetune: AddCommand = (program, context) => {
  const command = program
    .command("finetune")
    .description("fine-tune pre-trained word vectors on labelled text: frozen first, unfrozen later")
    .option(
      "--vectors <file>",
      "pre-trained vectors: GloVe or word2vec text, word2vec or fastText .bin, .npy, safetensors, each also .gz or in a zip archive (glove.6B.zip#glove.6B.100d.txt); a Model2Vec folder",
    )
    .option("--train <file>", "labelled text to train on")
    .option("--dev <file>", "labelled text to choose the best epoch by")
    .option("--test <file>", "labelled text for the final score")
    .option("--out <dir>", "run folder to write")
    .option("--force", "replace an earlier run in --out")
    .option("--resume", "go on from the last checkpoint in --out, with the options it began with")
    .option(
      "--checkpoint-every <n>",
      `write a checkpoint every n epochs (default ${defaults.checkpointEvery})`,
      wholeNumber(1),
    )
    .option("--report", "write report.html and report.md (default)")
    .option("--no-report", "leave out report.html and report.md");
  commonOptions(fineTuneFlags(command))
    .addHelpText("after", examples)
    .action(async () => {
      const { runFinetune } = await import("./run-finetune.ts");
      context.exitCode = await runFinetune(command.opts(), context.io);
    });
};
