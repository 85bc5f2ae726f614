import { BackendError, createGraphBuilder } from "@thawline/core";
import { encodeModel } from "@thawline/onnx";
import type { RuntimeAdapter, RuntimeSession } from "./runtime.ts";
import { sharedRuntime } from "./shared-runtime.ts";

/** An execution provider that was asked for and does not work here. */
export interface RejectedProvider {
  readonly provider: string;
  readonly reason: string;
}

/** The provider that works, and those before it that did not. */
export interface ProbedProvider {
  readonly provider: string;
  readonly rejected: readonly RejectedProvider[];
  /**
   * The session that showed it, still open. As long as one is, a graphics processor's device lives, and with it the
   * shaders that are compiled: the first run of a program takes seconds without them, milliseconds with them.
   */
  readonly session: RuntimeSession;
}

/** Doubles two numbers on a provider. @returns the session that did it; rejects where the provider does not work */
async function tryProvider({ runtime, sessionOptions }: RuntimeAdapter, provider: string): Promise<RuntimeSession> {
  const g = createGraphBuilder();
  const x = g.input("x", "float", [2]);
  const model = encodeModel(g.build([g.add(x, x, "y")]));
  const session = await runtime.InferenceSession.create(model, sessionOptions(provider));
  try {
    const { y } = await session.run({ x: new runtime.Tensor("float32", Float32Array.of(1, -3), [2]) }, ["y"]);
    const [first, second] = y.data as Float32Array;
    if (first !== 2 || second !== -6) throw new Error(`it computes 1 + 1 = ${first}, −3 − 3 = ${second}`);
    return session;
  } catch (error) {
    await session.release();
    throw error;
  }
}

/**
 * The first of the adapter's providers that works.
 * @throws BackendError BACKEND_UNAVAILABLE, with the reason of each, where none does
 */
export async function probeProviders(adapter: RuntimeAdapter): Promise<ProbedProvider> {
  const rejected: RejectedProvider[] = [];
  for (const provider of adapter.providers) {
    const attempt = (): Promise<RuntimeSession> => tryProvider(adapter, provider);
    try {
      const session = await (adapter.oneSessionAtATime ? sharedRuntime(adapter.runtime).queue(attempt) : attempt());
      return { provider, rejected, session };
    } catch (error) {
      rejected.push({ provider, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  const reasons = rejected.map(({ provider, reason }) => `${provider}: ${reason}`).join("; ");
  throw new BackendError(
    "BACKEND_UNAVAILABLE",
    adapter.name,
    `no execution provider works here (${reasons}); ask for another one`,
  );
}
