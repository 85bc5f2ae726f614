import { listOf } from "../options/parsers.ts";
import { backendNames } from "../pipeline/settings.ts";
import { type AddCommand, commonOptions } from "./context.ts";

const examples = `
Examples:
  $ thawline conformance --fixtures fixtures/pytorch
  $ thawline conformance --fixtures fixtures/pytorch --backend cpu --json

Exit code 1 where a case fails; a case whose head is not built is "unsupported", which is no failure.`;

/** `thawline conformance`. */
export const addConformance: AddCommand = (program, context) => {
  const command = program
    .command("conformance")
    .description("hold backends to gradients and optimizer steps that PyTorch computed")
    .option("--fixtures <dir>", "folder of fixture files (*.json)")
    .option(
      "--backend <names>",
      `one or more, with commas between (default ${backendNames.join(",")})`,
      listOf(backendNames),
    );
  commonOptions(command)
    .addHelpText("after", examples)
    .action(async () => {
      const { runConformance } = await import("./run-conformance.ts");
      context.exitCode = await runConformance(command.opts(), context.io);
    });
};
