import { createQueue, type Queue } from "./queue.ts";

/** What all backends on one runtime share. */
export interface SharedRuntime {
  readonly queue: Queue;
  /** Threads that the runtime started with; undefined before its first session. */
  threads: number | undefined;
}

// State of the runtime, not of this package: its module holds one WebAssembly instance, which all backends on it share.
const states = new WeakMap<object, SharedRuntime>();

/** The state of a runtime's module. */
export function sharedRuntime(runtime: object): SharedRuntime {
  const known = states.get(runtime);
  if (known !== undefined) return known;
  const state: SharedRuntime = { queue: createQueue(), threads: undefined };
  states.set(runtime, state);
  return state;
}
