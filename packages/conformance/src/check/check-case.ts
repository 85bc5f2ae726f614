import { ThawlineError } from "@thawline/core";
import type { ConformanceCase } from "../case.ts";
import { toleranceOf } from "../tolerances.ts";
import { behaviours } from "./behaviours.ts";
import { checkGraph } from "./check-graph.ts";
import { checkPull } from "./check-pull.ts";
import { checkTraining } from "./check-training.ts";
import { type ConformanceTarget, type Deviation, noteDeviation } from "./target.ts";

/** What came of one case on one backend. */
export interface CaseResult {
  readonly id: string;
  readonly status: "pass" | "fail" | "unsupported";
  /** Largest error in the measure of `relativeError`; `null` where nothing could be compared. */
  readonly error: number | null;
  /** Whose error that is, or what went wrong. */
  readonly worst: string;
}

/** Ops of a case that the backend says it lacks. */
function missingOps({ backend }: ConformanceTarget, item: ConformanceCase): string[] {
  if (item.kind !== "graph") return [];
  return [...new Set(item.graph.nodes.map((node) => node.op))].filter((op) => !backend.supports.ops.includes(op));
}

/** A backend that says it lacks an op has to say so at compile too. */
async function refusesToCompile({ backend }: ConformanceTarget, item: ConformanceCase): Promise<boolean> {
  if (item.kind !== "graph") return false;
  try {
    await (await backend.compile(item.graph)).close();
    return false;
  } catch (error) {
    return ThawlineError.isInstance(error) && error.code === "UNSUPPORTED_OP";
  }
}

/**
 * Holds a target to one case. Knows no test runner and never throws: a result of status `fail` says what was wrong.
 */
export async function checkCase(target: ConformanceTarget, item: ConformanceCase): Promise<CaseResult> {
  const { id } = item;
  const missing = missingOps(target, item);
  if (missing.length > 0) {
    const refused = await refusesToCompile(target, item);
    const worst = refused
      ? `no ${missing.join(", ")}`
      : `says it lacks ${missing.join(", ")}, but compile does not throw UNSUPPORTED_OP`;
    return { id, status: refused ? "unsupported" : "fail", error: null, worst };
  }
  const deviation: Deviation = { error: 0, name: "" };
  try {
    if (item.kind === "graph") await checkGraph(target, item, deviation);
    else if (item.kind === "training") {
      await checkTraining(target, item, deviation);
      if (item.byDefinition === true) await checkPull(target, item, deviation);
    } else {
      const behaviour = behaviours[item.behaviour];
      if (behaviour === undefined) throw new Error(`there is no behaviour "${item.behaviour}"`);
      const problem = await behaviour(target);
      noteDeviation(deviation, problem ?? "as promised", problem === undefined ? 0 : Number.POSITIVE_INFINITY);
    }
  } catch (error) {
    const worst = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return { id, status: "fail", error: null, worst };
  }
  const bound = toleranceOf(target.backend) * (item.tolerance?.factor ?? 1);
  return { id, status: deviation.error <= bound ? "pass" : "fail", error: deviation.error, worst: deviation.name };
}
