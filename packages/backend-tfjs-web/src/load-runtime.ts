import type { TensorFlow } from "@thawline/backend-tfjs";

/** The union package: the functions, and the webgl and cpu backends. */
export async function loadTfjs(): Promise<TensorFlow> {
  return import("@tensorflow/tfjs");
}

/** Registers the wasm backend. */
export async function loadWasm(): Promise<typeof import("@tensorflow/tfjs-backend-wasm")> {
  return import("@tensorflow/tfjs-backend-wasm");
}

/** Registers the webgpu backend, where there is WebGPU. */
export async function loadWebgpu(): Promise<void> {
  await import("@tensorflow/tfjs-backend-webgpu");
}
