import { listOf } from "../options/parsers.ts";
import { backendNames } from "../pipeline/backend-names.ts";
import { type AddCommand, commonOptions } from "./context.ts";

const examples = `
Examples:
  $ thawline conformance
  $ thawline conformance --backend cpu,onnxruntime-node --report reports
  $ thawline conformance --backend all --require cpu,tfjs-wasm --json
  $ thawline conformance --fixtures fixtures/pytorch --backend cpu

The backends: ${backendNames.join(", ")}.
tfjs-wasm, -webgl, -webgpu, -cpu and onnxruntime-web-* run in a Chromium that this starts (npm package playwright; the
environment variable CHROMIUM_PATH names another). A case or a fixture whose op or head a backend declares unsupported is
no failure. Exit code 3 where a case fails, 1 where a backend is missing that was named or required.`;

/** `thawline conformance`. */
export const addConformance: AddCommand = (program, context) => {
  const names = listOf([...backendNames, "all"] as const);
  const command = program
    .command("conformance")
    .description("hold backends to the conformance suite, or to a folder of fixtures that PyTorch computed")
    .option("--backend <names>", "one or more, with commas between, or all (default: those that work here)", names)
    .option("--fixtures <dir>", "run the fixture files (*.json) of this folder instead of the suite")
    .option("--require <names>", "backends whose absence is a failure, also in CONFORMANCE_REQUIRE", names)
    .option("--report <dir>", "write conformance-report.json and .md to this folder");
  commonOptions(command)
    .addHelpText("after", examples)
    .action(async () => {
      const { runConformance } = await import("./run-conformance.ts");
      context.exitCode = await runConformance(command.opts(), context.io);
    });
};
