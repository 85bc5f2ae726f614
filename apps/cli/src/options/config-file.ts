import { resolve } from "node:path";
import { nearestName } from "@thawline/core";
import { type Command, InvalidArgumentError, type Option } from "commander";
import { type Loaders, lilconfig } from "lilconfig";
import { UsageError } from "./usage-error.ts";

type Values = Readonly<Record<string, unknown>>;

const isValues = (value: unknown): value is Values =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Options of the command line that make no sense in a file. */
const notInFiles = ["config", "help", "version"];

const places = ["json", "yaml", "yml", "js", "mjs", "cjs"].map((extension) => `thawline.config.${extension}`);

const keysOf = (command: Command): string[] =>
  command.options.map((option) => option.attributeName()).filter((key) => !notInFiles.includes(key));

async function read(cwd: string, path: string | undefined): Promise<{ file: string; values: Values } | null> {
  const yaml = async (_: string, text: string): Promise<unknown> => (await import("yaml")).parse(text);
  const loaders: Loaders = { ".yaml": yaml, ".yml": yaml };
  const search = lilconfig("thawline", { searchPlaces: places, stopDir: cwd, loaders, cache: false });
  const file = path === undefined ? cwd : resolve(cwd, path);
  const found = await (path === undefined ? search.search(cwd) : search.load(file)).catch((cause: unknown) => {
    throw new UsageError(`configuration file ${path ?? "thawline.config"}: ${(cause as Error).message}`, { cause });
  });
  if (found === null || found.isEmpty === true) return null;
  const values: unknown = found.config;
  if (!isValues(values)) {
    throw new UsageError(`${found.filepath}: expected an object of options`);
  }
  return { file: found.filepath, values };
}

function checkKeys(values: Values, known: readonly string[], where: string): void {
  for (const key of Object.keys(values)) {
    if (!known.includes(key))
      throw new UsageError(`${where}: unknown key "${key}"; did you mean "${nearestName(key, known)}"?`);
  }
}

/** The value as the flag's own reader takes it. */
function parsedValue(option: Option, value: unknown, where: string): unknown {
  const fail = (expected: string): never => {
    throw new UsageError(
      `${where}: expected ${expected} for "${option.attributeName()}", got ${JSON.stringify(value)}`,
    );
  };
  if (option.isBoolean() || option.negate) return typeof value === "boolean" ? value : fail("true or false");
  const isPairs = typeof value === "object" && value !== null && !Array.isArray(value);
  const text = isPairs
    ? Object.entries(value)
        .map(([key, each]) => `${key}=${Array.isArray(each) ? each.join("+") : each}`)
        .join(",")
    : value;
  if (typeof text !== "string" && typeof text !== "number") return fail("text or a number");
  if (option.parseArg === undefined) return String(text);
  try {
    return option.parseArg(String(text), undefined);
  } catch (error) {
    if (error instanceof InvalidArgumentError)
      throw new UsageError(`${where}: "${option.attributeName()}": ${error.message}`);
    throw error;
  }
}

/**
 * Fills in what the command line leaves open from `thawline.config.{json,yaml,js}` in `cwd` (or the file that `--config`
 * names). Keys are the flags' names in camelCase, for all commands alike, or under a command's name for it alone.
 * @throws UsageError for an unknown key, which names the nearest, and for a value that the flag would not take
 */
export async function applyConfigFile(command: Command, cwd: string): Promise<void> {
  const { config } = command.opts<{ config?: string | boolean }>();
  if (config === false) return;
  const found = await read(cwd, typeof config === "string" ? config : undefined);
  if (found === null) return;
  const commands = command.parent?.commands ?? [];
  const names = commands.map((each) => each.name());
  checkKeys(found.values, [...new Set([...commands.flatMap(keysOf), ...names])], found.file);
  const where = `${found.file}, "${command.name()}"`;
  const section = found.values[command.name()] ?? {};
  if (!isValues(section)) throw new UsageError(`${where}: expected an object of options`);
  checkKeys(section, keysOf(command), where);
  const shared = Object.fromEntries(Object.entries(found.values).filter(([key]) => !names.includes(key)));
  for (const [key, value] of Object.entries({ ...shared, ...section })) {
    const option = command.options.find((each) => each.attributeName() === key);
    if (option === undefined || command.getOptionValueSource(key) === "cli") continue;
    command.setOptionValueWithSource(key, parsedValue(option, value, found.file), "config");
  }
}
