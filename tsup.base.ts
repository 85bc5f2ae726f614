import { defineConfig, type Options } from "tsup";

/** The one build preset: ESM, CommonJS and declarations for both. */
export const preset = (options: Options = {}) =>
  defineConfig({
    entry: ["src/index.ts"],
    format: ["esm", "cjs"],
    dts: true,
    clean: true,
    target: "es2022",
    sourcemap: false,
    splitting: false,
    ...options,
  });
