import { copyFileSync, rmSync } from "node:fs";
import type { Options } from "tsup";
import { preset } from "../../tsup.base.ts";

const sample = "glove-sample.safetensors";

// Once for both builds, which run side by side.
rmSync("dist", { recursive: true, force: true });
const options = (build: Options): Options => ({ ...(preset() as Options), clean: false, ...build });

export default [
  options({ entry: ["src/index.ts"] }),
  options({
    entry: ["src/cli.ts"],
    format: ["esm"],
    dts: false,
    // Chunks keep the commands' imports lazy: `--help` loads none of them.
    splitting: true,
    // The demo's vectors travel with the package.
    onSuccess: async () => copyFileSync(`../../test-fixtures/${sample}`, `dist/${sample}`),
  }),
];
