import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const root = fileURLToPath(new URL(".", import.meta.url));

// Tests run against sources, so that no build has to come first; `scripts/check-exports.mjs` and
// `scripts/check-pack.mjs` test what is built and packed.
const alias = readdirSync(`${root}packages`).flatMap((name) => [
  { find: new RegExp(`^@thawline/${name}$`), replacement: `${root}packages/${name}/src/index.ts` },
  { find: new RegExp(`^@thawline/${name}/(node|web)$`), replacement: `${root}packages/${name}/src/$1.ts` },
  { find: new RegExp(`^@thawline/${name}/browser$`), replacement: `${root}packages/${name}/src/browser-node.ts` },
]);

export default defineConfig({
  resolve: { alias },
  test: {
    include: ["packages/*/{src,test}/**/*.test.ts", "apps/*/{src,test}/**/*.test.ts", "scripts/**/*.test.{ts,mjs}"],
    pool: "forks",
    testTimeout: 30_000,
  },
});
