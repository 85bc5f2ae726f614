import { PolicyError } from "@thawline/core";

/** Backends that run in Node, where the command trains and predicts. */
export const nodeBackendNames = ["cpu", "reference", "tfjs-node", "onnxruntime-node"] as const;
/** Backends that run in browsers; the command can hold them to the conformance suite, in a Chromium. */
export const browserBackendNames = [
  "tfjs-wasm",
  "tfjs-webgl",
  "tfjs-webgpu",
  "tfjs-cpu",
  "onnxruntime-web-wasm",
  "onnxruntime-web-webgpu",
] as const;

/** A backend that runs in Node. */
export type NodeBackendName = (typeof nodeBackendNames)[number];
/** Any backend of Thawline's. */
export type BackendName = NodeBackendName | (typeof browserBackendNames)[number];
/** Every backend's name. */
export const backendNames: readonly BackendName[] = [...nodeBackendNames, ...browserBackendNames];

/** What `npm install` takes for a backend that does not come with Thawline. */
const packages: Readonly<Partial<Record<BackendName, string>>> = {
  "tfjs-node": "@thawline/backend-tfjs-node @tensorflow/tfjs-node@4.22.0",
  "onnxruntime-node": "@thawline/backend-onnxruntime onnxruntime-node@1.30.0",
  "tfjs-wasm": "@thawline/backend-tfjs-web @tensorflow/tfjs@4.22.0 @tensorflow/tfjs-backend-wasm@4.22.0",
  "tfjs-webgl": "@thawline/backend-tfjs-web @tensorflow/tfjs@4.22.0",
  "tfjs-webgpu": "@thawline/backend-tfjs-web @tensorflow/tfjs@4.22.0 @tensorflow/tfjs-backend-webgpu@4.22.0",
  "tfjs-cpu": "@thawline/backend-tfjs-web @tensorflow/tfjs@4.22.0",
  "onnxruntime-web-wasm": "@thawline/backend-onnxruntime onnxruntime-web@1.30.0",
  "onnxruntime-web-webgpu": "@thawline/backend-onnxruntime onnxruntime-web@1.30.0",
};

/** The command that installs a backend, or null where it comes with Thawline. */
export const installCommand = (name: BackendName): string | null =>
  packages[name] === undefined ? null : `npm install ${packages[name]}`;

/** Whether a backend runs in Node. */
export const isNodeBackend = (name: BackendName): name is NodeBackendName =>
  (nodeBackendNames as readonly BackendName[]).includes(name);

/**
 * Refuses a backend that the command cannot train or predict with.
 * @throws PolicyError INVALID_CONFIG, which says where it runs
 */
export function expectNodeBackend(name: BackendName): asserts name is NodeBackendName {
  if (isNodeBackend(name)) return;
  const library = name.startsWith("tfjs-") ? "@thawline/backend-tfjs-web" : "@thawline/backend-onnxruntime/web";
  throw new PolicyError(
    "INVALID_CONFIG",
    `backend "${name}" runs in browsers: use it in a page, through ${library}. In Node there are ${nodeBackendNames.join(", ")}`,
  );
}
