import { policyNames } from "@thawline/core";
import { oneOf } from "../options/parsers.ts";
import { headNames } from "../pipeline/settings.ts";
import { type AddCommand, commonOptions } from "./context.ts";

const examples = `
Examples:
  $ thawline policy gradual
  $ thawline policy chain-thaw --head mlp > mine.json
  $ thawline policy --schema > freeze-policy.schema.json

Without a name it lists the presets. What it prints is what finetune --policy FILE.json takes; name the schema's file as
"$schema" in your own and the editor checks it.`;

/** `thawline policy`. */
export const addPolicy: AddCommand = (program, context) => {
  const command = program
    .command("policy")
    .description("a freeze policy as JSON, to start your own from; or the JSON Schema of policies")
    .argument("[name]", policyNames.join(", "), oneOf(policyNames))
    .option("--head <name>", "head whose layers the policy goes through (default linear)", oneOf(headNames))
    .option("--schema", "print the JSON Schema (draft 2020-12)");
  commonOptions(command)
    .addHelpText("after", examples)
    .action(async (name) => {
      const { runPolicy } = await import("./run-policy.ts");
      runPolicy(name, command.opts(), context.io);
    });
};
