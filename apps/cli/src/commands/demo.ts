import { type AddCommand, commonOptions } from "./context.ts";
import { fineTuneFlags } from "./fine-tune-flags.ts";

const examples = `
Examples:
  $ thawline demo
  $ thawline demo --policy full --out full-demo

The text: 3,000 labelled sentences of product, film and restaurant reviews (npm package sentiment). The vectors: GloVe
6B, 100 components, cut to 18,860 words. An earlier demo in --out is replaced.`;

/** What only makes sense with inputs of one's own. */
const notHere = ["--from-model", "--text-column", "--label-column", "--strict", "--vectors-format"];

/** `thawline demo`: the main job on bundled sample data. */
export const addDemo: AddCommand = (program, context) => {
  const command = program
    .command("demo")
    .description("the main job on bundled real sample data, in under a minute")
    .option("--out <dir>", "run folder to write", "thawline-demo");
  commonOptions(fineTuneFlags(command, notHere))
    .addHelpText("after", examples)
    .action(async () => {
      const { runDemo } = await import("./run-demo.ts");
      context.exitCode = await runDemo(command.opts(), context.io);
    });
};
