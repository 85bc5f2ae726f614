import type { KnownFailure } from "@thawline/conformance";
import type { BackendName } from "../pipeline/backend-names.ts";

/** A package's list; an entry with `backends` is about these alone. */
type Listed = KnownFailure & { readonly backends?: readonly string[] };

const packageOf: { readonly [N in BackendName]: () => Promise<unknown> } = {
  cpu: () => import("@thawline/backend-cpu"),
  reference: () => import("@thawline/backend-reference"),
  "tfjs-node": () => import("@thawline/backend-tfjs-node"),
  "onnxruntime-node": () => import("@thawline/backend-onnxruntime/node"),
  "tfjs-wasm": () => import("@thawline/backend-tfjs-web"),
  "tfjs-webgl": () => import("@thawline/backend-tfjs-web"),
  "tfjs-webgpu": () => import("@thawline/backend-tfjs-web"),
  "tfjs-cpu": () => import("@thawline/backend-tfjs-web"),
  "onnxruntime-web-wasm": () => import("@thawline/backend-onnxruntime/web"),
  "onnxruntime-web-webgpu": () => import("@thawline/backend-onnxruntime/web"),
};

/** Bugs of a backend's runtime that its package lists as `knownFailures`; none where it has no such export. */
export async function knownFailuresOf(name: BackendName): Promise<readonly KnownFailure[]> {
  const { knownFailures = [] } = (await packageOf[name]()) as { knownFailures?: readonly Listed[] };
  return knownFailures
    .filter(({ backends }) => backends === undefined || backends.includes(name))
    .map(({ id, reason, link, date }) => ({ id, reason, link, date }));
}
