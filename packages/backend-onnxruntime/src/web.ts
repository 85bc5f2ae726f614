import { createOwningTrainer, type EmbeddingTrainer, type TrainerOptions } from "@thawline/core";
import { expectThreads, loadRuntime } from "./load-runtime.ts";
import { createOnnxruntimeBackend, type OnnxruntimeBackend } from "./onnxruntime-backend.ts";
import type { Runtime } from "./runtime.ts";
import { sharedRuntime } from "./shared-runtime.ts";

export type { OnnxruntimeBackend, RuntimeReport } from "./onnxruntime-backend.ts";
export type { RejectedProvider } from "./probe-providers.ts";

/** Execution providers of onnxruntime-web that can train. */
export type WebProvider = "wasm" | "webgpu";

/** Where the runtime's WebAssembly is: a folder's address with a slash at its end, or the addresses of the files. */
export type WasmPaths = string | { readonly wasm?: string | URL; readonly mjs?: string | URL };

/** onnxruntime-web's module, as far as it is used here. */
export interface WebRuntime extends Runtime {
  readonly env: {
    readonly versions?: { readonly web?: string };
    readonly wasm: { numThreads?: number; wasmPaths?: unknown };
  };
}

/** Options of `onnxruntimeWebBackend`. */
export interface OnnxruntimeWebOptions {
  readonly provider: WebProvider;
  /**
   * Threads of one operation; default 1. More than one needs a page that is cross-origin isolated (COOP and COEP
   * headers), and the number of the first backend in the page holds: the report says what it is.
   */
  readonly threads?: number;
  /** Where the runtime finds its WebAssembly; default: beside its module. Set before the first backend in the page. */
  readonly wasmPaths?: WasmPaths;
  /** The runtime's module, where it is loaded already; default `import("onnxruntime-web/<provider>")`. */
  readonly ort?: WebRuntime;
}

const install = "onnxruntime-web";
const fatalOnly = 4;

const load = (provider: WebProvider, name: string): Promise<WebRuntime> =>
  provider === "wasm"
    ? loadRuntime(name, install, () => import("onnxruntime-web/wasm"))
    : loadRuntime(name, install, () => import("onnxruntime-web/webgpu"));

/**
 * ONNX Runtime in a browser, on WebAssembly or WebGPU; `wasm` works in Node too. Float32, every op. Never switches to
 * another provider by itself.
 * @throws BackendError BACKEND_UNAVAILABLE where onnxruntime-web is not installed or the provider does not work here
 * @example
 * const backend = await onnxruntimeWebBackend({ provider: "wasm" });
 */
export async function onnxruntimeWebBackend(options: OnnxruntimeWebOptions): Promise<OnnxruntimeBackend> {
  const { provider, wasmPaths } = options;
  if (provider !== "wasm" && provider !== "webgpu") {
    throw new RangeError(`provider is "wasm" or "webgpu", got ${JSON.stringify(provider)}`);
  }
  const threads = expectThreads(options.threads ?? 1);
  const name = `onnxruntime-web-${provider}`;
  const runtime = options.ort ?? (await load(provider, name));
  const { wasm } = runtime.env;
  const shared = sharedRuntime(runtime);
  // The runtime reads these once, when its first session is made; without cross-origin isolation it takes one thread.
  if (shared.threads === undefined) {
    wasm.numThreads = threads;
    if (wasmPaths !== undefined) wasm.wasmPaths = wasmPaths;
  }
  return createOnnxruntimeBackend({
    name,
    runtime,
    version: runtime.env.versions?.web ?? "unknown",
    threads: () => (shared.threads ??= wasm.numThreads ?? 1),
    providers: [provider],
    sessionOptions: () => ({ executionProviders: [provider], logSeverityLevel: fatalOnly }),
    writesOutputs: false,
    oneSessionAtATime: true,
  });
}

/**
 * Core's `createTrainer` on a backend of its own, which closes with the trainer.
 * @throws BackendError BACKEND_UNAVAILABLE as `onnxruntimeWebBackend`; PolicyError as core's `createTrainer`
 */
export const createTrainer = async (
  options: Omit<TrainerOptions, "backend">,
  backend: OnnxruntimeWebOptions,
): Promise<EmbeddingTrainer> => createOwningTrainer(await onnxruntimeWebBackend(backend), options);
