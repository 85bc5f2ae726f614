import { mkdtempSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";

const root = fileURLToPath(new URL("../../../../", import.meta.url));

const alias = readdirSync(join(root, "packages")).flatMap((name) => [
  { find: new RegExp(`^@thawline/${name}$`), replacement: join(root, "packages", name, "src/index.ts") },
  { find: new RegExp(`^@thawline/${name}/node$`), replacement: join(root, "packages", name, "src/node.ts") },
]);

/**
 * Bundles the command from the sources, the packages' too, for tests that need a process of its own: independent of
 * what is built at the moment. Returns the path of the script.
 */
export async function bundleCommand(): Promise<string> {
  // Inside the workspace, so that the dependencies resolve.
  const outDir = mkdtempSync(join(root, "apps/cli/node_modules/.thawline-test-"));
  await build({
    configFile: false,
    logLevel: "error",
    resolve: { alias },
    build: { ssr: join(root, "apps/cli/src/cli.ts"), outDir, target: "node20", minify: false },
  });
  return join(outDir, readdirSync(outDir).find((name) => name.startsWith("cli."))!);
}
