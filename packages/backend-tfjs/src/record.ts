import { BackendError } from "@thawline/core";
import type { Step } from "./plan.ts";
import type { Tf, TfTensor } from "./tensorflow.ts";

/** Values of one run, by slot. */
export type Slots = (TfTensor | undefined)[];

/** The part of TensorFlow.js's engine that differentiates. `tf.grads` is this, but throws where there is no gradient. */
interface Engine {
  gradients(
    forward: () => TfTensor,
    xs: readonly TfTensor[],
    dY: undefined,
    allowNoGradients: boolean,
  ): { readonly grads: readonly (TfTensor | null | undefined)[] };
  readonly state: {
    readonly gradientDepth: number;
    activeTape: readonly { readonly saved?: readonly TfTensor[] }[] | null;
  };
}

/** Runs the steps in order. @throws BackendError BACKEND_FAILED that names the op */
export function runSteps(steps: readonly Step[], slots: Slots, backend: string): void {
  for (const { node, from, to, apply } of steps) {
    try {
      slots[to] = apply(...from.map((slot) => slots[slot]!));
    } catch (cause) {
      const shapes = from.map((slot) => `[${slots[slot]?.shape}]`).join(", ");
      const message = cause instanceof Error ? cause.message : String(cause);
      throw new BackendError("BACKEND_FAILED", backend, `${node.op} → "${node.output.name}" of ${shapes}: ${message}`, {
        cause,
      });
    }
  }
}

/**
 * Runs `forward` with the tape on and lets TensorFlow.js differentiate its result with respect to `xs`. Call it inside
 * `tf.tidy`. An input that the result does not depend on gets `undefined`.
 */
export function gradientsOf(tf: Tf, forward: () => TfTensor, xs: readonly TfTensor[]): (TfTensor | undefined)[] {
  const engine = tf.engine() as unknown as Engine;
  try {
    return engine.gradients(forward, xs, undefined, true).grads.map((gradient) => gradient ?? undefined);
  } catch (error) {
    // The tape keeps copies of what the gradients need; after an error nobody else would free them.
    const { state } = engine;
    if (state.gradientDepth === 0 && state.activeTape !== null) {
      for (const { saved } of state.activeTape) for (const tensor of saved ?? []) tensor.dispose();
      state.activeTape = null;
    }
    throw error;
  }
}
