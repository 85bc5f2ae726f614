import type { EmbeddingTrainer } from "@thawline/core";
import type { BestEpoch, PhaseBests } from "../run/checkpoint.ts";
import { type PhaseScores, type RunDocument, scoresOf } from "../run/document.ts";
import type { Prepared } from "./prepare.ts";

/** Dev and test scores with the weights of the best frozen and of the best tuned epoch; the trainer's own are put back. */
export async function scorePhases(
  trainer: EmbeddingTrainer,
  { dev, test }: Pick<Prepared, "dev" | "test">,
  bests: PhaseBests,
): Promise<RunDocument["phases"]> {
  const kept = trainer.snapshot({ weightsOnly: true });
  const score = async (best: BestEpoch | null): Promise<PhaseScores | null> => {
    if (best === null) return null;
    trainer.restore(best.weights, { weightsOnly: true });
    return {
      epoch: best.epoch,
      dev: scoresOf(await trainer.evaluate(dev)),
      test: test === null ? null : scoresOf(await trainer.evaluate(test)),
    };
  };
  const phases = { frozen: await score(bests.frozen), tuned: await score(bests.tuned) };
  trainer.restore(kept, { weightsOnly: true });
  return phases;
}

/** Whether tuning beat the frozen vectors on dev, by the loss that training looked at; null where only one was tried. */
export function verdictOf({ frozen, tuned }: RunDocument["phases"]): RunDocument["verdict"] {
  if (frozen === null || tuned === null) return null;
  const compared = `dev loss ${tuned.dev.loss.toFixed(4)} tuned, ${frozen.dev.loss.toFixed(4)} frozen`;
  return tuned.dev.loss < frozen.dev.loss
    ? { recommendation: "tuned", reason: `tuning lowered the dev loss (${compared})` }
    : { recommendation: "frozen", reason: `tuning did not lower the dev loss (${compared})` };
}
