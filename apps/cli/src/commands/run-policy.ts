import { type PolicyName, policyNames, policySchema, presetPolicy } from "@thawline/core";
import { createHead } from "@thawline/heads";
import type { Io } from "../io.ts";
import { UsageError } from "../options/usage-error.ts";
import { defaults } from "../pipeline/defaults.ts";

/** Groups of a head from input to output; sizes do not change them. */
function headGroups(type: string): string[] {
  const { parameters } = createHead({ type, dimension: 4, classes: 2 });
  return [...new Set(parameters.map((spec) => spec.group))];
}

/** `thawline policy`: prints a preset, the schema, or the presets' names; `--json` only changes the list's form. */
export function runPolicy(
  name: PolicyName | undefined,
  flags: { readonly schema?: boolean; readonly head?: string; readonly json?: boolean },
  io: Io,
): void {
  if (flags.schema && name !== undefined) {
    throw new UsageError(`expected a policy's name or --schema, got both "${name}" and --schema`);
  }
  const print = (value: unknown): void => void io.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
  if (flags.schema) print(policySchema);
  else if (name !== undefined) print(presetPolicy(name, { headGroups: headGroups(flags.head ?? defaults.head) }));
  else if (flags.json) print(policyNames);
  else io.stdout.write(`${policyNames.join("\n")}\n`);
}
