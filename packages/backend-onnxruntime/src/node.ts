import { createOwningTrainer, type EmbeddingTrainer, type TrainerOptions } from "@thawline/core";
import { expectThreads, loadRuntime } from "./load-runtime.ts";
import { createOnnxruntimeBackend, type OnnxruntimeBackend } from "./onnxruntime-backend.ts";
import type { Runtime } from "./runtime.ts";

export type { OnnxruntimeBackend, RuntimeReport } from "./onnxruntime-backend.ts";
export type { RejectedProvider } from "./probe-providers.ts";

/** Execution providers of onnxruntime-node; `cuda` needs its own libraries (see the README). */
export type NodeProvider = "cpu" | "cuda" | "webgpu";

/** Options of `onnxruntimeNodeBackend`. */
export interface OnnxruntimeNodeOptions {
  /** In order of preference: the first that works is used, and `runtime` says which. Default `["cpu"]`. */
  readonly providers?: readonly NodeProvider[];
  /** Threads of one operation; default 1. Above 1 they sleep while they wait. */
  readonly threads?: number;
  /** The runtime's module, where it is loaded already; default `import("onnxruntime-node")`. */
  readonly ort?: Runtime & { readonly env?: { readonly versions?: { readonly node?: string } } };
}

const name = "onnxruntime-node";

/** Errors come as exceptions; the runtime need not print them too. */
const fatalOnly = 4;

/** Waiting threads that spin take the processor from the host's own part of a step. */
const noSpinning = { session: { intra_op: { allow_spinning: "0" }, inter_op: { allow_spinning: "0" } } };

/**
 * ONNX Runtime in Node: float32, every op, one thread unless told otherwise. `run` computes on the calling thread and
 * blocks the event loop meanwhile: use a worker where the host has to stay responsive.
 * @throws BackendError BACKEND_UNAVAILABLE where onnxruntime-node is not installed or no provider works
 * @example
 * const backend = await onnxruntimeNodeBackend();
 * console.log(backend.runtime.provider); // "cpu"
 */
export async function onnxruntimeNodeBackend(options: OnnxruntimeNodeOptions = {}): Promise<OnnxruntimeBackend> {
  const threads = expectThreads(options.threads ?? 1);
  const runtime = options.ort ?? (await loadRuntime(name, "onnxruntime-node", () => import("onnxruntime-node")));
  return createOnnxruntimeBackend({
    name,
    runtime,
    version: runtime.env?.versions?.node ?? "unknown",
    threads: () => threads,
    providers: options.providers ?? ["cpu"],
    sessionOptions: (provider) => ({
      executionProviders: [provider],
      executionMode: "sequential",
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      logSeverityLevel: fatalOnly,
      ...(threads > 1 ? { extra: noSpinning } : {}),
    }),
    writesOutputs: true,
    oneSessionAtATime: false,
  });
}

/**
 * Core's `createTrainer` on a backend of its own, which closes with the trainer.
 * @throws BackendError BACKEND_UNAVAILABLE as `onnxruntimeNodeBackend`; PolicyError as core's `createTrainer`
 */
export const createTrainer = async (
  options: Omit<TrainerOptions, "backend">,
  backend?: OnnxruntimeNodeOptions,
): Promise<EmbeddingTrainer> => createOwningTrainer(await onnxruntimeNodeBackend(backend), options);
