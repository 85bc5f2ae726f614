import { backendStep } from "./backend-step.ts";
import { backends } from "./backends.ts";
import { big } from "./big.ts";
import { checkDataBench } from "./check-data.ts";
import { convert } from "./convert.ts";
import { load } from "./load.ts";
import { lrFindBench } from "./lr-find.ts";
import { policies } from "./policies.ts";
import { pulls } from "./pulls.ts";
import { ratios } from "./ratios.ts";
import { roundtrip } from "./roundtrip.ts";
import { step } from "./step.ts";
import { UsageError } from "./usage-error.ts";

const commands: Readonly<Record<string, (args: readonly string[]) => Promise<void>>> = {
  step,
  load,
  convert,
  big,
  roundtrip,
  ratios,
  policies,
  pulls,
  backends,
  "backend-step": backendStep,
  "check-data": checkDataBench,
  "lr-find": lrFindBench,
};

const [name = "", ...args] = process.argv.slice(2);
const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
try {
  if (command === undefined) throw new UsageError(`expected one of ${Object.keys(commands).join(", ")}, got "${name}"`);
  await command(args);
} catch (error) {
  const isUsage =
    UsageError.isInstance(error) || String((error as { code?: unknown }).code).startsWith("ERR_PARSE_ARGS");
  process.stderr.write(`bench: ${isUsage ? (error as Error).message : (error as Error).stack}\n`);
  process.exitCode = isUsage ? 2 : 1;
}
