import { Command } from "commander";
import { addAlign } from "./commands/align.ts";
import { addBackends } from "./commands/backends.ts";
import { addCheckData } from "./commands/check-data.ts";
import { addCompare } from "./commands/compare.ts";
import { addConformance } from "./commands/conformance.ts";
import type { AddCommand, CommandContext } from "./commands/context.ts";
import { addConvert } from "./commands/convert.ts";
import { addDemo } from "./commands/demo.ts";
import { addDrift } from "./commands/drift.ts";
import { addEvaluate } from "./commands/evaluate.ts";
import { addExport } from "./commands/export.ts";
import { addFinetune } from "./commands/finetune.ts";
import { addInspect } from "./commands/inspect.ts";
import { addLrFind } from "./commands/lr-find.ts";
import { addNeighbors } from "./commands/neighbors.ts";
import { addPolicy } from "./commands/policy.ts";
import { addPredict } from "./commands/predict.ts";
import { version } from "./version.ts";

const commands: readonly AddCommand[] = [
  addDemo,
  addFinetune,
  addCompare,
  addPredict,
  addEvaluate,
  addExport,
  addNeighbors,
  addDrift,
  addAlign,
  addCheckData,
  addLrFind,
  addInspect,
  addConvert,
  addPolicy,
  addBackends,
  addConformance,
];

const footer = `
Every command has --help with examples. Options can also stand in thawline.config.json, .yaml or .js, as camelCase keys.
Exit codes: 0 ok, 1 failure, 2 usage or configuration, 3 a quality gate failed, 130 interrupted after a checkpoint was written.`;

/** The whole command line as a commander program that throws instead of exiting. */
export function createProgram(context: CommandContext): Command {
  const { io } = context;
  const program = new Command("thawline")
    .description("Fine-tune pre-trained word embeddings on your own labelled text, and see what moved")
    .version(version)
    .addHelpText("after", footer)
    .exitOverride()
    // Errors are printed in one place, by `main`.
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
      outputError: () => {},
    })
    .showHelpAfterError(false);
  for (const add of commands) add(program, context);
  program.hook("preAction", async (_, command) => {
    const { applyConfigFile } = await import("./options/config-file.ts");
    await applyConfigFile(command, io.cwd);
  });
  return program;
}
