import { type Backend, BackendError, type Executable, opNames } from "@thawline/core";
import { createExecutable } from "./executable.ts";
import { probeProviders, type RejectedProvider } from "./probe-providers.ts";
import { planProgram } from "./program.ts";
import { createQueue } from "./queue.ts";
import type { RuntimeAdapter } from "./runtime.ts";
import { createSessionCache } from "./sessions.ts";
import { sharedRuntime } from "./shared-runtime.ts";

/** What a backend really runs on. */
export interface RuntimeReport {
  /** Version of ONNX Runtime. */
  readonly version: string;
  /**
   * The execution provider that works and is used. The runtime hands single nodes that a provider lacks to its CPU code,
   * and does not say which.
   */
  readonly provider: string;
  /** What was asked for, in order. */
  readonly requested: readonly string[];
  /** Providers that were asked for before `provider` and do not work here. */
  readonly rejected: readonly RejectedProvider[];
  /** Threads of one operation. */
  readonly threads: number;
}

/** A backend on ONNX Runtime, which says what it runs on. */
export interface OnnxruntimeBackend extends Backend {
  readonly runtime: RuntimeReport;
}

// Elsewhere the order of additions is the device's.
const reproducible: readonly string[] = ["cpu", "wasm"];

/**
 * A backend on a stock ONNX Runtime: the graph and its gradients (from autodiff) as one ONNX model, run by an inference
 * session. Float32. Parameters are inputs of the session, so that a step needs nothing of a training build. Equal graphs
 * share a session as long as an executable holds it. Runs of a session wait for each other; results go to the caller's
 * `into` arrays, else to fresh ones. Wrap it in core's `checked` (as `createTrainer` does): it validates no shapes itself.
 * @remarks No ScatterND or ScatterElements is ever emitted: with more than one thread the former loses additions
 * (microsoft/onnxruntime#18048). The look-up is on the host.
 * @throws BackendError BACKEND_UNAVAILABLE where none of the adapter's providers works
 */
export async function createOnnxruntimeBackend(adapter: RuntimeAdapter): Promise<OnnxruntimeBackend> {
  const { name, version, providers } = adapter;
  const { provider, rejected, session } = await probeProviders(adapter);
  const sessions = createSessionCache(adapter, provider);
  const queue = adapter.oneSessionAtATime ? sharedRuntime(adapter.runtime).queue : createQueue();
  const open = new Set<Executable>();
  let closed = false;
  const assertOpen = (): void => {
    if (closed) throw new BackendError("BACKEND_CLOSED", name, "it is closed; make a new one");
  };
  return {
    specVersion: 1,
    name,
    supports: {
      ops: opNames,
      precision: "f32",
      bitReproducible: reproducible.includes(provider),
      concurrentRuns: true,
    },
    runtime: { version, provider, requested: providers, rejected, threads: adapter.threads() },
    compile: async (graph, request = {}) => {
      assertOpen();
      const program = planProgram(graph, request, provider);
      const shared = program.graph.outputs.length === 0 ? undefined : await sessions.open(program.graph);
      const executable = createExecutable({ adapter, program, shared, onClose: () => open.delete(executable) });
      open.add(executable);
      if (closed) {
        await executable.close();
        assertOpen();
      }
      return executable;
    },
    close: async () => {
      const isFirst = !closed;
      closed = true;
      await Promise.all([...open].map((executable) => executable.close()));
      if (isFirst) await queue(() => session.release());
    },
  };
}
