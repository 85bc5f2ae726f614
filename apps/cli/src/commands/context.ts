import type { Command } from "commander";
import type { Io } from "../io.ts";

/** What commands share: their surroundings, and the exit code that they set. */
export interface CommandContext {
  readonly io: Io;
  exitCode: number;
}

/** Adds a command to the program; the command's work is imported only when it runs. */
export type AddCommand = (program: Command, context: CommandContext) => void;

/** Adds `--json`, `--quiet` and `--config`. */
export function commonOptions(command: Command): Command {
  return command
    .option("--json", "print one JSON document on stdout")
    .option("--quiet", "no progress and no notes on stderr")
    .option("--config <file>", "take options from this file (default: thawline.config.json, .yaml or .js here, if any)")
    .option("--no-config", "take no configuration file");
}
