import { tfjsBackend } from "@thawline/backend-tfjs";
import type { Backend } from "@thawline/core";
import { loadTfjsNode } from "./load-tfjs-node.ts";

/**
 * Thawline on the TensorFlow library, through `@tensorflow/tfjs-node`, which is loaded here and not before.
 * All cores are used. See `tfjsBackend` of `@thawline/backend-tfjs` for how it computes.
 * @throws BackendError BACKEND_UNAVAILABLE where tfjs-node or its native library is missing, with what to do
 * @example
 * const backend = await tfjsNodeBackend();
 */
export async function tfjsNodeBackend(): Promise<Backend> {
  return tfjsBackend(await loadTfjsNode(), { name: "tfjs-node", device: "tensorflow" });
}
