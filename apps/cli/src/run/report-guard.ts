import type { EpochRecord, GuardEvent } from "@thawline/core";
import type { ReportGuardAction } from "@thawline/report";
import { counted } from "../output/format.ts";

/** So many words are named. */
const namedWords = 5;

const figureNames = {
  meanCosineDistance: "mean cosine distance",
  p95CosineDistance: "95th percentile of cosine distance",
  maxCosineDistance: "largest cosine distance",
  meanL2: "mean L2 distance",
  maxL2: "largest L2 distance",
} as const satisfies Record<GuardEvent["figure"], string>;

const causeOf = ({ figure, value, limit }: GuardEvent): string =>
  `${figureNames[figure]} ${value.toPrecision(3)}, limit ${limit}`;

function effectOf({ action, embeddingsRate }: GuardEvent): string {
  const rate = embeddingsRate === 0 ? "vectors frozen" : `vectors' learning rate × ${embeddingsRate}`;
  switch (action) {
    case "warn":
      return "nothing: only told";
    case "slow":
      return `the moves since the last check undone, ${rate}`;
    case "rollback":
      return `back to the end of the last epoch, ${rate}`;
    case "stop":
      return "the moves since the last check undone, training ended";
    case "refreeze":
      return "rows back and frozen";
    default:
      throw new TypeError(`unknown action ${action satisfies never}`);
  }
}

/** A guard may refreeze rows in every step of an epoch: they make one entry. */
function refreezes(events: readonly GuardEvent[], words: readonly string[] | null): ReportGuardAction[] {
  const [first] = events;
  if (first === undefined) return [];
  const rows = [...new Set(events.flatMap((event) => event.rows))];
  const named =
    words === null
      ? ""
      : `: ${rows
          .slice(0, namedWords)
          .map((row) => words[row]!)
          .join(", ")}`;
  const more = words !== null && rows.length > namedWords ? ", …" : "";
  const { epoch, step, action } = first;
  return [
    {
      epoch,
      step: events.length === 1 ? step : null,
      action,
      cause:
        events.length === 1 ? causeOf(first) : `${causeOf(first)}, and in ${counted(events.length - 1, "later step")}`,
      effect: `${counted(rows.length, "row")} back and frozen${named}${more}`,
    },
  ];
}

/** What the drift guard did, in the order of epochs. `words` are those of the trainer's rows; null where rows are no words. */
export function reportGuard(epochs: readonly EpochRecord[], words: readonly string[] | null): ReportGuardAction[] {
  return epochs.flatMap(({ guard = [] }) => [
    ...guard
      .filter(({ action }) => action !== "refreeze")
      .map((event) => ({
        epoch: event.epoch,
        step: event.step,
        action: event.action,
        cause: causeOf(event),
        effect: effectOf(event),
      })),
    ...refreezes(
      guard.filter(({ action }) => action === "refreeze"),
      words,
    ),
  ]);
}
