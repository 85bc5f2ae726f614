import { type Backend, BackendError } from "@thawline/core";
import { type BackendName, expectNodeBackend, installCommand } from "./backend-names.ts";

/** Loads an optional package. @throws BackendError BACKEND_UNAVAILABLE with the command that installs it */
async function load<M>(name: BackendName, importPackage: () => Promise<M>): Promise<M> {
  try {
    return await importPackage();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.split("\n", 1)[0] : String(cause);
    throw new BackendError("BACKEND_UNAVAILABLE", name, `it is not installed (${why}); run: ${installCommand(name)}`, {
      cause,
    });
  }
}

/**
 * Opens a backend that runs in Node. Runtimes are loaded here and not before. The caller closes it.
 * @throws PolicyError INVALID_CONFIG for one that runs in browsers
 * @throws BackendError BACKEND_UNAVAILABLE where its package or its runtime is missing, with what to install
 */
export async function openBackend(name: BackendName): Promise<Backend> {
  expectNodeBackend(name);
  switch (name) {
    case "cpu":
      return (await import("@thawline/backend-cpu")).cpuBackend();
    case "reference":
      return (await import("@thawline/backend-reference")).referenceBackend();
    case "tfjs-node":
      return (await load(name, () => import("@thawline/backend-tfjs-node"))).tfjsNodeBackend();
    case "onnxruntime-node":
      return (await load(name, () => import("@thawline/backend-onnxruntime/node"))).onnxruntimeNodeBackend();
    default:
      throw new TypeError(`unknown backend ${name satisfies never}`);
  }
}
