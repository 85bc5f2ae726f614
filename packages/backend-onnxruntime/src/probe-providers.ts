import { BackendError, createGraphBuilder } from "@thawline/core";
import { encodeModel } from "@thawline/onnx";
import type { RuntimeAdapter } from "./runtime.ts";
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
}

/** Adds 1 and 1 on a provider. @returns why it does not work, or undefined */
async function problemOf({ runtime, sessionOptions }: RuntimeAdapter, provider: string): Promise<string | undefined> {
  const g = createGraphBuilder();
  const x = g.input("x", "float", [2]);
  const model = encodeModel(g.build([g.add(x, x, "y")]));
  try {
    const session = await runtime.InferenceSession.create(model, sessionOptions(provider));
    try {
      const { y } = await session.run({ x: new runtime.Tensor("float32", Float32Array.of(1, -3), [2]) }, ["y"]);
      const [first, second] = y.data as Float32Array;
      return first === 2 && second === -6 ? undefined : `it computes 1 + 1 = ${first}`;
    } finally {
      await session.release();
    }
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/**
 * The first of the adapter's providers that works.
 * @throws BackendError BACKEND_UNAVAILABLE, with the reason of each, where none does
 */
export async function probeProviders(adapter: RuntimeAdapter): Promise<ProbedProvider> {
  const rejected: RejectedProvider[] = [];
  for (const provider of adapter.providers) {
    const attempt = (): Promise<string | undefined> => problemOf(adapter, provider);
    const reason = await (adapter.oneSessionAtATime ? sharedRuntime(adapter.runtime).queue(attempt) : attempt());
    if (reason === undefined) return { provider, rejected };
    rejected.push({ provider, reason });
  }
  const reasons = rejected.map(({ provider, reason }) => `${provider}: ${reason}`).join("; ");
  throw new BackendError(
    "BACKEND_UNAVAILABLE",
    adapter.name,
    `no execution provider works here (${reasons}); ask for another one`,
  );
}
