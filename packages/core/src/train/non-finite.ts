import { NonFiniteError, ThawlineError } from "../errors.ts";
import type { Head } from "./head.ts";

/** Where training stood when it failed. */
interface FailureContext {
  /** The step that failed, or the last one made before an evaluation that did. */
  readonly step: number;
  readonly during: "step" | "evaluation";
  readonly phase: string;
  readonly learningRates: Readonly<Record<string, number>>;
  readonly head: Head;
}

/** Group that a failure's `where` ("loss", "gradient of linear.weight", "input embedding") belongs to. */
function groupOf(where: string, head: Head): string {
  const name = where.replace(/^(gradient of|input) /, "");
  if (head.embeddings.some((input) => input.input === name)) return "embeddings";
  return head.parameters.find((spec) => spec.name === name)?.group ?? "head";
}

/** Adds step, phase, group and advice to a NON_FINITE error; any other error comes back as it is. */
export function explainNonFinite(
  error: unknown,
  { step, during, phase, learningRates, head }: FailureContext,
): unknown {
  if (!ThawlineError.isInstance(error) || error.code !== "NON_FINITE") return error;
  const where = (error as NonFiniteError).where;
  const group = groupOf(where, head);
  const rate = learningRates[group] ?? Math.max(...Object.values(learningRates));
  return new NonFiniteError(
    where,
    `${during === "step" ? "step" : "evaluation after step"} ${step} (phase "${phase}", group "${group}", learning rate ${rate}): ${error.message}. ${during === "step" ? "The update was not made. " : ""}` +
      "Try a smaller learning rate, clip the gradient norm, or check the vectors and class weights for extreme values.",
    step,
  );
}
