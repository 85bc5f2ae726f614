import { type AddCommand, commonOptions } from "./context.ts";

const examples = `
Examples:
  $ thawline backends
  $ thawline backends --no-browsers --json

Each is opened and computes two small gradients; those of browsers in a Chromium that this starts.`;

/** `thawline backends`. */
export const addBackends: AddCommand = (program, context) => {
  const command = program
    .command("backends")
    .description(
      "which backends work on this machine, why the others do not, what to install, and which one auto picks",
    );
  command.option("--no-browsers", "leave out the backends that run in browsers");
  commonOptions(command)
    .addHelpText("after", examples)
    .action(async () => {
      const { runBackends } = await import("./run-backends.ts");
      await runBackends(command.opts(), context.io);
    });
};
