import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

it("the committed SIMD module is what row-kernels.wat gives", () => {
  const script = fileURLToPath(new URL("build-simd.mjs", import.meta.url));
  expect(execFileSync(process.execPath, [script, "--check"], { encoding: "utf8" })).toContain("up to date");
});
