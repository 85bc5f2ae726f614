// Compiles packages/core/src/embedding/simd/row-kernels.wat to simd-module.ts beside it. Run after changing the .wat;
// `--check` fails where the committed file is not what the .wat gives.
import { readFileSync, writeFileSync } from "node:fs";
import wabtFactory from "wabt";

const folder = new URL("../packages/core/src/embedding/simd/", import.meta.url);
const source = new URL("row-kernels.wat", folder);
const target = new URL("simd-module.ts", folder);

const wabt = await wabtFactory();
const module = wabt.parseWat("row-kernels.wat", readFileSync(source, "utf8"), { simd: true });
module.validate();
const { buffer } = module.toBinary({});
const bytes = Buffer.from(buffer).toString("hex");
const text = `// Made by scripts/build-simd.mjs from row-kernels.wat; do not edit.

/** WebAssembly binary (${buffer.length} bytes), hexadecimal: decoding it needs no global that some platform lacks. */
export const simdModule =
  "${bytes}";
`;
if (process.argv.includes("--check")) {
  if (readFileSync(target, "utf8") !== text) {
    console.error("simd-module.ts is not what row-kernels.wat gives: run node scripts/build-simd.mjs");
    process.exit(1);
  }
  console.log("simd-module.ts is up to date");
} else {
  writeFileSync(target, text);
  console.log(`simd-module.ts: ${buffer.length} bytes of WebAssembly`);
}
