import { positive, wholeNumber } from "../options/parsers.ts";
import { type AddCommand, commonOptions } from "./context.ts";
import { fineTuneFlags } from "./fine-tune-flags.ts";

/** Flags of `finetune` that the test decides, or that come after training. */
const decidedHere = [
  "--policy",
  "--freeze-epochs",
  "--unfreeze-on",
  "--max-mean-cosine-distance",
  "--on-drift",
  "--epochs",
  "--patience",
  "--lr",
  "--embedding-lr",
  "--schedule",
  "--warmup",
  "--model-rows",
  "--carry-unmoved",
  "--no-report",
];

const examples = `
Examples:
  $ thawline lr-find --vectors glove.6B.100d.txt --train train.tsv
  $ thawline lr-find --vectors vectors.bin --train reviews.csv --label-column stars --head cnn --batch-size 64 --json

Two learning-rate range tests (Smith 2017): the head's rate on frozen vectors, then the vectors' rate with the head trained
for an epoch. Rates grow from --from to --to; the suggestion lies where the loss still falls, and is lowered where an epoch
of tuning would wipe out what the vectors know. The curve goes to stderr, the suggestion to stdout; nothing is written.
Give the options of training that finetune will get: they change the answer.`;

/** `thawline lr-find`. */
export const addLrFind: AddCommand = (program, context) => {
  const command = program
    .command("lr-find")
    .description("learning rates for the head and the vectors, by a range test on your own data")
    .option("--vectors <file>", "pre-trained vectors, in any format that finetune reads")
    .option("--train <file>", "labelled text to train on")
    .option("--dev <file>", "left out of the test; without it a tenth of --train is, as in finetune")
    .option("--from <x>", "first rate (default 1e-6)", positive)
    .option("--to <x>", "last rate (default 10)", positive)
    .option("--steps <n>", "steps of each test (default 200)", wholeNumber(10));
  commonOptions(fineTuneFlags(command, decidedHere))
    .addHelpText("after", examples)
    .action(async () => {
      const { runLrFind } = await import("./run-lr-find.ts");
      context.exitCode = await runLrFind(command.opts(), context.io);
    });
};
