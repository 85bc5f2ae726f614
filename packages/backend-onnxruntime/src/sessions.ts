import { BackendError, type Graph } from "@thawline/core";
import { encodeModel } from "@thawline/onnx";
import { createQueue, type Queue } from "./queue.ts";
import type { RuntimeAdapter, RuntimeSession } from "./runtime.ts";
import { sharedRuntime } from "./shared-runtime.ts";

/** A session that several executables may share. */
export interface SharedSession {
  readonly session: RuntimeSession;
  readonly queue: Queue;
  /** Gives it back; the last one to do so releases it, after the runs that wait. Once each. */
  release(): Promise<void>;
}

/** The sessions of a backend: one a graph. */
export interface SessionCache {
  open(graph: Graph): Promise<SharedSession>;
  /** Sessions that are held, for tests. */
  readonly size: number;
}

interface Entry {
  users: number;
  readonly queue: Queue;
  readonly session: Promise<RuntimeSession>;
}

/** Text that is equal for equal graphs alone. JSON has no −0. */
function keyOf({ inputs, constants, nodes, outputs }: Graph): string {
  const exact = constants.map((constant) => ({
    ...constant,
    data: constant.data.map((x) => (Object.is(x, -0) ? "-0" : x)),
  }));
  return JSON.stringify([inputs, exact, nodes, outputs]);
}

/** The sessions that `adapter` makes for `provider`. Equal graphs share one as long as anybody holds it. */
export function createSessionCache(adapter: RuntimeAdapter, provider: string): SessionCache {
  const entries = new Map<string, Entry>();
  const create = (graph: Graph): Promise<RuntimeSession> =>
    adapter.runtime.InferenceSession.create(encodeModel(graph), adapter.sessionOptions(provider));

  const drop = async (key: string, entry: Entry): Promise<void> => {
    entry.users--;
    if (entry.users > 0) return;
    if (entries.get(key) === entry) entries.delete(key);
    await entry.queue(async () => (await entry.session).release());
  };

  return {
    get size() {
      return entries.size;
    },
    open: async (graph) => {
      const key = keyOf(graph);
      let entry = entries.get(key);
      if (entry === undefined) {
        const queue = adapter.oneSessionAtATime ? sharedRuntime(adapter.runtime).queue : createQueue();
        entry = { users: 0, queue, session: queue(() => create(graph)) };
        entries.set(key, entry);
      }
      const own = entry;
      own.users++;
      try {
        const session = await own.session;
        let held = true;
        const release = async (): Promise<void> => {
          if (!held) return;
          held = false;
          await drop(key, own);
        };
        return { session, queue: own.queue, release };
      } catch (cause) {
        if (entries.get(key) === own) entries.delete(key);
        const problem = cause instanceof Error ? cause.message : String(cause);
        throw new BackendError("BACKEND_FAILED", adapter.name, `the runtime refused a graph: ${problem}`, { cause });
      }
    },
  };
}
