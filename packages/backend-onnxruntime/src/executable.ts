import {
  BackendError,
  type Executable,
  FeedError,
  type StepResult,
  type TensorMap,
  type ValueName,
} from "@thawline/core";
import type { DataArray } from "./arrays.ts";
import { deliverAll, type Into, type Material, scalarOf } from "./delivery.ts";
import type { Program } from "./program.ts";
import type { RuntimeAdapter } from "./runtime.ts";
import { createSessionRun } from "./session-run.ts";
import type { SharedSession } from "./sessions.ts";

/** What an executable is made of. */
export interface ExecutableParts {
  readonly adapter: RuntimeAdapter;
  readonly program: Program;
  /** Undefined where the program computes nothing. */
  readonly shared: SharedSession | undefined;
  /** Called when it is closed. */
  readonly onClose: () => void;
}

/** Makes an executable of a planned program and its session. */
export function createExecutable({ adapter, program, shared, onClose }: ExecutableParts): Executable {
  const { name: backend } = adapter;
  const compute = shared === undefined ? undefined : createSessionRun(adapter, program, shared.session);
  const resident = new Map<ValueName, DataArray>();
  let closed = false;
  const assertOpen = (): void => {
    if (closed) throw new BackendError("BACKEND_CLOSED", backend, "this executable is closed");
  };
  /** The arrays of all inputs as they are at the call: a later `set` does not reach a run that waits. */
  const gather = (feeds: TensorMap): Material["fed"] => {
    const fed: Record<ValueName, DataArray> = {};
    for (const { name } of program.inputs) {
      const data = (feeds[name]?.data ?? resident.get(name)) as DataArray | undefined;
      if (data === undefined) throw new FeedError("FEED_MISSING", `input "${name}" is neither fed nor set`);
      fed[name] = data;
    }
    return fed;
  };
  const runOnce = async (fed: Material["fed"], into: Into): Promise<StepResult> => {
    const material: Material = { fed, computed: compute === undefined ? new Map() : await compute(fed, into) };
    const gradients = deliverAll(program.gradients, material, into?.gradients);
    const outputs = deliverAll(program.outputs, material, into?.outputs);
    if (program.loss === undefined) return { gradients, outputs };
    return { loss: scalarOf(program.loss, material), gradients, outputs };
  };

  return {
    set: async (values) => {
      assertOpen();
      for (const [name, value] of Object.entries(values)) resident.set(name, value.data.slice() as DataArray);
    },
    run: async (feeds, options) => {
      assertOpen();
      const fed = gather(feeds);
      const job = (): Promise<StepResult> => runOnce(fed, options?.into);
      try {
        return await (shared === undefined ? job() : shared.queue(job));
      } catch (cause) {
        const problem = cause instanceof Error ? cause.message : String(cause);
        throw new BackendError("BACKEND_FAILED", backend, `a run failed: ${problem}`, { cause });
      }
    },
    close: async () => {
      closed = true;
      onClose();
      await shared?.release();
    },
  };
}
