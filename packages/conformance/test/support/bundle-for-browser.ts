import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const sourceOf = (folder: string, file = "index"): string => join(root, "packages", folder, `src/${file}.ts`);

/** Modules of backends for browsers, and their sources. */
const backendSources = {
  "@thawline/backend-cpu": sourceOf("backend-cpu"),
  "@thawline/backend-tfjs-web": sourceOf("backend-tfjs-web"),
  "@thawline/backend-onnxruntime/web": sourceOf("backend-onnxruntime", "web"),
};

const alias = readdirSync(join(root, "packages")).map((name) => ({
  find: new RegExp(`^@thawline/${name}$`),
  replacement: sourceOf(name),
}));

/** Options of the harness that make it load the sources as they are now, and what removes the files again. */
export interface SourceBundle {
  readonly pageScript: string;
  readonly modules: Readonly<Record<string, string>>;
  remove(): void;
}

/**
 * Bundles the page and the backends from the sources, so that tests do not depend on what is built at the moment. The
 * runtimes stay what is installed.
 */
export async function bundleForBrowser(): Promise<SourceBundle> {
  const outDir = mkdtempSync(join(tmpdir(), "thawline-browser-"));
  const names = Object.keys(backendSources) as (keyof typeof backendSources)[];
  const entry = Object.fromEntries([
    ["page", join(root, "packages/conformance/browser/page.ts")],
    ...names.map((name, i) => [`backend-${i}`, backendSources[name]]),
  ]);
  await build({
    configFile: false,
    logLevel: "error",
    resolve: { alias },
    build: {
      outDir,
      target: "es2022",
      minify: false,
      lib: { entry, formats: ["es"], fileName: (_, name) => `${name}.js` },
      rollupOptions: { external: [/^@tensorflow\//, /^onnxruntime-web/] },
    },
  });
  return {
    pageScript: join(outDir, "page.js"),
    modules: Object.fromEntries(names.map((name, i) => [name, join(outDir, `backend-${i}.js`)])),
    remove: () => rmSync(outDir, { recursive: true, force: true }),
  };
}
