import { nearestName, ThawlineError } from "@thawline/core";
import { type Command, CommanderError } from "commander";
import type { CommandContext } from "./commands/context.ts";
import type { Io } from "./io.ts";
import { UsageError } from "./options/usage-error.ts";
import { createProgram } from "./program.ts";

const usageCodes: readonly string[] = ["INVALID_CONFIG", "INVALID_POLICY", "UNKNOWN_GROUP"];

/** What is printed of an error, and the exit code. */
interface Outcome {
  readonly code: string;
  readonly message: string;
  readonly exitCode: number;
}

/** Commander's message, with the nearest known name where it gives none itself. */
function usageMessage(error: CommanderError, program: Command, argv: readonly string[]): string {
  // What `help` was asked about is the second word; commander has printed the commands and says nothing more.
  const isHelp = error.code === "commander.help";
  const said = isHelp ? `unknown command '${argv[1]}'` : error.message;
  const message = said
    .replace(/^error: /, "")
    .trim()
    .replaceAll("\n", " ");
  if (message.includes("Did you mean")) return message;
  const quoted = /'([^']*)'/.exec(message)?.[1] ?? "";
  const command = program.commands.find((each) => each.name() === argv.find((word) => !word.startsWith("-")));
  if (error.code === "commander.unknownOption") {
    const flags = (command ?? program).options.flatMap((option) => (option.long ? [option.long] : []));
    return `${message}; the nearest known is ${nearestName(quoted, [...flags, "--help"])}`;
  }
  if (isHelp || error.code === "commander.unknownCommand") {
    return `${message}; the nearest known is ${nearestName(
      quoted,
      program.commands.map((each) => each.name()),
    )}`;
  }
  return message;
}

function outcomeOf(error: unknown, program: Command, argv: readonly string[]): Outcome {
  if (error instanceof CommanderError) {
    return { code: "USAGE", message: usageMessage(error, program, argv), exitCode: 2 };
  }
  if (error instanceof UsageError) return { code: "USAGE", message: error.message, exitCode: 2 };
  if (ThawlineError.isInstance(error)) {
    const { code, message } = error;
    if (code === "ABORTED")
      return { code, message: "stopped before the work was done: nothing was written", exitCode: 130 };
    return { code, message, exitCode: usageCodes.includes(code) ? 2 : 1 };
  }
  return { code: "UNEXPECTED", message: error instanceof Error ? error.message : String(error), exitCode: 1 };
}

/** Prints an error for people, and with `--json` also as the one document on stdout. */
function report(error: unknown, { code, message }: Outcome, io: Io, argv: readonly string[]): void {
  io.stderr.write(`error ${code}: ${message}\n`);
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : undefined;
  if (cause !== undefined && code !== "ABORTED" && !message.includes(cause)) io.stderr.write(`  cause: ${cause}\n`);
  if (code === "USAGE") io.stderr.write("  see thawline --help\n");
  if (code === "UNEXPECTED" || io.env.DEBUG) io.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
  if (argv.includes("--json")) io.stdout.write(`${JSON.stringify({ error: { code, message } }, null, 2)}\n`);
}

/**
 * Runs the command line. Returns the exit code: 0 ok, 1 failure, 2 usage or configuration, 3 a quality gate failed, 130 interrupted.
 * @param argv the words after the program's name
 */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  const context: CommandContext = { io, exitCode: 0 };
  const program = createProgram(context);
  try {
    if (argv.length === 0) {
      program.outputHelp();
      return 2;
    }
    await program.parseAsync([...argv], { from: "user" });
    return context.exitCode;
  } catch (error) {
    // Help and version come as errors with exit code 0.
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    const outcome = outcomeOf(error, program, argv);
    report(error, outcome, io, argv);
    return outcome.exitCode;
  }
}
