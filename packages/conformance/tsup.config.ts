import type { Options } from "tsup";
import { preset } from "../../tsup.base.ts";

/** The page that the browser harness serves: one file with the whole suite, whose backends come by import map. */
const page: Options = {
  entry: { page: "browser/page.ts" },
  outDir: "dist/browser",
  format: ["esm"],
  platform: "browser",
  target: "es2022",
  noExternal: [/.*/],
  clean: true,
  tsconfig: "browser/tsconfig.json",
};

export default [
  preset({
    entry: ["src/index.ts", "src/browser-node.ts"],
    // Not the page's folder, which is built at the same time.
    clean: ["dist/*.*"],
    shims: true,
  }),
  page,
];
