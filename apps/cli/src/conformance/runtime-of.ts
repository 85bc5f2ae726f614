import { createRequire } from "node:module";
import type { Backend } from "@thawline/core";
import type { BackendName } from "../pipeline/backend-names.ts";
import { version } from "../version.ts";

/** What a report says that a backend of Node runs on. */
export async function runtimeOf(name: BackendName, backend: Backend): Promise<string> {
  const node = `Node ${process.versions.node}`;
  const { runtime } = backend as { runtime?: { version?: string; provider?: string } };
  if (runtime?.version !== undefined) return `onnxruntime-node ${runtime.version} (${runtime.provider}), ${node}`;
  if (name !== "tfjs-node") return `Thawline ${version}, ${node}`;
  // As the backend's package finds it.
  const load = createRequire(createRequire(import.meta.url).resolve("@thawline/backend-tfjs-node"));
  const { version: tfjs } = load("@tensorflow/tfjs-node/package.json") as { version: string };
  return `@tensorflow/tfjs-node ${tfjs}, ${node}`;
}
