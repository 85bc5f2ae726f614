import { type AddCommand, commonOptions } from "./context.ts";

const examples = `
Examples:
  $ thawline backends
  $ thawline backends --json`;

/** `thawline backends`. */
export const addBackends: AddCommand = (program, context) => {
  const command = program
    .command("backends")
    .description("the backends of this version, whether they work on this machine, and which one auto picks");
  commonOptions(command)
    .addHelpText("after", examples)
    .action(async () => {
      const { runBackends } = await import("./run-backends.ts");
      await runBackends(command.opts(), context.io);
    });
};
