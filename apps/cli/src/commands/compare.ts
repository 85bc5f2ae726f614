import { listOfPolicies, listOfSizes, wholeNumber } from "../options/parsers.ts";
import { defaults } from "../pipeline/defaults.ts";
import { type AddCommand, commonOptions } from "./context.ts";
import { fineTuneFlags } from "./fine-tune-flags.ts";

const examples = `
Examples:
  $ thawline compare --vectors glove.6B.100d.txt --train train.tsv --dev dev.tsv --test test.tsv \\
      --policies frozen,full,gradual --seeds 5 --out compared
  $ thawline compare --vectors vectors.vec.gz --train small.tsv --policies frozen,gradual --seeds 5 --out compared
  $ thawline compare --vectors glove.txt --train train.tsv --dev dev.tsv --policies frozen,gradual,mine.json \\
      --sizes 100,300,1000,all --out compared --json

Every policy is trained on the same rows with the same seeds and head, and judged on the same dev rows. The rule: keep the
vectors frozen unless the paired 95 % interval of the dev difference lies above 0. Without --dev a tenth of --train is held
out; with fewer than ${defaults.crossValidateBelow} rows --train is cross-validated instead. Options of training are shared by all policies.
--out gets compare.json, report.html and, for each run, the changed rows (delta.safetensors). Ctrl-C exits with 130 and keeps the runs
that are finished: the same command with --resume goes on.`;

/** `thawline compare`: whether tuning is worth it. */
export const addCompare: AddCommand = (program, context) => {
  const command = program
    .command("compare")
    .description("frozen against tuned vectors, paired over seeds, with a verdict")
    .option("--vectors <file>", "pre-trained vectors, in any format that finetune reads")
    .option("--train <file>", "labelled text to train on")
    .option("--dev <file>", "labelled text that the verdict looks at")
    .option("--test <file>", "labelled text for the final score; the verdict does not look at it")
    .option(
      "--policies <a,b,...>",
      "what is compared: names of policies, or JSON files with phases (default frozen,gradual); frozen is added where none is",
      listOfPolicies,
    )
    .option("--seeds <n>", `runs a policy, from --seed on (default ${defaults.compareSeeds})`, wholeNumber(1))
    .option("--sizes <n,...>", "also with so many training rows, as a learning curve: 100,300,1000,all", listOfSizes)
    .option(
      "--folds <n>",
      `without --dev: cross-validate over n parts (default ${defaults.compareFolds} with fewer than ${defaults.crossValidateBelow} rows)`,
      wholeNumber(2),
    )
    .option("--out <dir>", "folder to write")
    .option("--report", "write report.html and report.md (default)")
    .option("--no-report", "leave out report.html and report.md")
    .option("--no-deltas", "do not write the changed rows of each run")
    .option("--force", "replace an earlier comparison in --out")
    .option(
      "--resume",
      "go on with the comparison in --out: runs that were made with these very options are not made again",
    );
  commonOptions(fineTuneFlags(command, ["--policy"]))
    .addHelpText("after", examples)
    .action(async () => {
      const { runCompare } = await import("./run-compare.ts");
      context.exitCode = await runCompare(command.opts(), context.io);
    });
};
