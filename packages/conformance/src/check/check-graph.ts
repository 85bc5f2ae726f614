import { referenceBackend } from "@thawline/backend-reference";
import type { Backend, StepResult } from "@thawline/core";
import type { GraphCase } from "../case.ts";
import { largestMagnitude, leastScaleOf, relativeError } from "../measure.ts";
import { feedsOf } from "./feeds.ts";
import { type ConformanceTarget, type Deviation, isDouble, noteDeviation } from "./target.ts";

/** Runs a graph case once on a backend. */
export async function runGraph(backend: Backend, item: GraphCase): Promise<StepResult> {
  const executable = await backend.compile(item.graph, {
    ...(item.loss === undefined ? {} : { loss: item.loss }),
    ...(item.wrt === undefined ? {} : { wrt: item.wrt }),
  });
  try {
    return await executable.run(feedsOf(item.graph, item.feeds, isDouble(backend)));
  } finally {
    await executable.close();
  }
}

/** Compares outputs, loss and gradients with the float64 reference. */
export async function checkGraph({ backend }: ConformanceTarget, item: GraphCase, worst: Deviation): Promise<void> {
  const expected = await runGraph(referenceBackend(), item);
  const actual = await runGraph(backend, item);
  if (item.loss !== undefined)
    noteDeviation(worst, "loss", relativeError([actual.loss ?? Number.NaN], [expected.loss!]));
  for (const name of item.graph.outputs) {
    noteDeviation(worst, name, relativeError(actual.outputs[name]?.data ?? [], expected.outputs[name]!.data));
  }
  const largest = largestMagnitude((item.wrt ?? []).map((name) => expected.gradients[name]!.data));
  for (const name of item.wrt ?? []) {
    const { data } = expected.gradients[name]!;
    const leastScale = leastScaleOf(data, largest);
    noteDeviation(
      worst,
      `gradient of ${name}`,
      relativeError(actual.gradients[name]?.data ?? [], data, { leastScale }),
    );
  }
}
