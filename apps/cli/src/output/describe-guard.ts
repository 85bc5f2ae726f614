import type { GuardEvent } from "@thawline/core";
import { counted } from "./format.ts";

const shown = 5;

function whatItDid({ action, rows, embeddingsRate }: GuardEvent, words: readonly string[]): string {
  const rate =
    embeddingsRate === 0 ? "the vectors are frozen" : `the vectors' learning rate is now × ${embeddingsRate}`;
  switch (action) {
    case "warn":
      return "nothing is done about it (--on-drift warn)";
    case "slow":
      return `the step's moves were undone and ${rate}`;
    case "rollback":
      return `everything went back to the end of the last epoch and ${rate}`;
    case "stop":
      return "the step's moves were undone and training ends here";
    case "refreeze": {
      const named = words.slice(0, shown).join(", ");
      return `${counted(rows.length, "row")} went back and ${rows.length === 1 ? "is" : "are"} frozen: ${named}${rows.length > shown ? ", …" : ""}`;
    }
    default:
      throw new TypeError(`unknown action ${action satisfies never}`);
  }
}

/** A guard's action as one line, with its cause; `words` are those of its rows. */
export function describeGuardEvent(event: GuardEvent, words: readonly string[]): string {
  const { step, figure, value, limit } = event;
  return `Drift guard, step ${step}: ${figure} ${value.toPrecision(4)} is beyond ${limit}; ${whatItDid(event, words)}`;
}

/** Many refreezes of one epoch as one line; undefined for none. */
export function describeRefreezes(events: readonly GuardEvent[]): string | undefined {
  const refreezes = events.filter(({ action }) => action === "refreeze");
  if (refreezes.length === 0) return undefined;
  const rows = refreezes.reduce((sum, event) => sum + event.rows.length, 0);
  return `Drift guard: ${counted(rows, "row")} frozen in ${counted(refreezes.length, "step")} of epoch ${refreezes[0]!.epoch}`;
}
