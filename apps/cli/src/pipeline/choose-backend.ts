import { type Backend, type BatchShape, floatTensor, type Head, sizeOf } from "@thawline/core";
import type { BackendName, NodeBackendName } from "./backend-names.ts";
import { openBackend } from "./open-backend.ts";

/** What `auto` picked. */
export interface Choice {
  readonly name: NodeBackendName;
  /** One line for people. */
  readonly reason: string;
  /** Open; the caller closes it. */
  readonly backend: Backend;
}

/** What the backend is wanted for. */
export type Purpose = "train" | "predict";

const isSequence = (head: Head): boolean => head.embeddings.some(({ form }) => form === "positions");

/** Runtimes that are worth loading for a head on positions, the one that was fastest first (docs/backends.md). */
const runtimes: readonly NodeBackendName[] = ["onnxruntime-node", "tfjs-node"];

/** The first runtime that was faster stays the pick unless cpu beats it clearly: timings of one step are rough. */
const clearly = 1.5;

/** A batch of common size. */
const trialShape: BatchShape = { examples: 32, positions: 32 };
const trialRuns = 3;

/** Why a backend may not train a head: the first of the suite's cases of that head that it fails; undefined if none. */
async function failureOn(backend: Backend, head: Head): Promise<string | undefined> {
  const { allCases, checkCase } = await import("@thawline/conformance");
  for (const item of allCases().filter(({ id }) => id.startsWith(`head/${head.type}/`))) {
    const { status, id, worst } = await checkCase({ backend }, item);
    if (status !== "pass") return `it fails ${id} (${worst})`;
  }
  return undefined;
}

/** Milliseconds of one training step of a head, without the host's part: the quickest of a few, after one that compiles. */
async function stepMs(backend: Backend, head: Head): Promise<number> {
  const { graph, loss } = head.build(trialShape, "train");
  const wrt = [...head.embeddings.map(({ input }) => input), ...head.parameters.map(({ name }) => name)];
  const executable = await backend.compile(graph, { loss: loss!, wrt });
  const feeds = Object.fromEntries(
    graph.inputs.map(({ name, shape }) => [
      name,
      floatTensor(
        shape,
        Float32Array.from({ length: sizeOf(shape) }, (_, i) => ((i * 7919) % 97) / 97 - 0.5),
      ),
    ]),
  );
  try {
    let best = Number.POSITIVE_INFINITY;
    for (let run = 0; run <= trialRuns; run++) {
      const started = performance.now();
      await executable.run(feeds);
      if (run > 0) best = Math.min(best, performance.now() - started);
    }
    return best;
  } finally {
    await executable.close();
  }
}

const milliseconds = (ms: number): string => `${ms < 10 ? ms.toFixed(1) : ms.toFixed(0)} ms`;

/** Tries one runtime for a head on positions: a choice, or why it is not chosen. */
async function tryRuntime(name: NodeBackendName, head: Head, purpose: Purpose): Promise<Choice | string> {
  const backend = await openBackend(name).catch((error: unknown) => error as Error);
  if (backend instanceof Error) return `${name} is not available`;
  const refuse = async (why: string): Promise<string> => {
    await backend.close();
    return `${name}: ${why}`;
  };
  try {
    const failure = await failureOn(backend, head);
    if (failure !== undefined) return await refuse(failure);
    if (purpose === "predict") {
      return { name, backend, reason: `heads on positions run faster there; it passes the suite's ${head.type} cases` };
    }
    const cpu = await openBackend("cpu");
    const times = [await stepMs(backend, head), await stepMs(cpu, head)] as const;
    await cpu.close();
    const compared = `${milliseconds(times[0])} a step of this ${head.type} head, cpu ${milliseconds(times[1])}`;
    if (times[0] > clearly * times[1]) return await refuse(`slower (${compared})`);
    return { name, backend, reason: `measured ${compared}; gradients checked` };
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

/**
 * Picks and opens the backend for a head. Heads on mean vectors: `cpu`, by knowledge: their step is so small that handing
 * it to a runtime costs more than computing it. Heads on positions: the first of onnxruntime-node and tfjs-node that is
 * installed, passes the conformance suite's cases of that head, and in a measured step is not clearly slower than cpu;
 * else `cpu`.
 */
export async function chooseBackend(head: Head, purpose: Purpose): Promise<Choice> {
  if (!isSequence(head)) {
    const reason = `the step of a ${head.type} head on mean vectors is too small to be worth a runtime's overhead`;
    return { name: "cpu", reason, backend: await openBackend("cpu") };
  }
  const refused: string[] = [];
  // Loading tfjs-node takes seconds, which predictions seldom win back.
  for (const name of purpose === "train" ? runtimes : runtimes.slice(0, 1)) {
    const result = await tryRuntime(name, head, purpose);
    if (typeof result !== "string") return result;
    refused.push(result);
  }
  return { name: "cpu", reason: `it comes with Thawline (${refused.join("; ")})`, backend: await openBackend("cpu") };
}

/** Opens a backend that somebody named. @throws as `openBackend` */
export async function openNamed(name: BackendName, reason = "as asked"): Promise<Choice> {
  const backend = await openBackend(name);
  return { name: name as NodeBackendName, reason, backend };
}
