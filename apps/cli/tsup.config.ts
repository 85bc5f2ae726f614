import { copyFileSync } from "node:fs";
import { preset } from "../../tsup.base.ts";

const sample = "glove-sample.safetensors";

export default preset({
  entry: ["src/index.ts", "src/cli.ts"],
  // Chunks keep the commands' imports lazy: `--help` loads none of them.
  splitting: true,
  // The demo's vectors travel with the package.
  onSuccess: async () => copyFileSync(`../../test-fixtures/${sample}`, `dist/${sample}`),
});
