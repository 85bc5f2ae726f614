import { type Backend, createTrainer, type EmbeddingTrainer, type TrainerOptions } from "@thawline/core";

/** Core's trainer on a backend that it owns: both are closed by the trainer's `close`. */
export async function trainerOn(
  opening: Promise<Backend>,
  options: Omit<TrainerOptions, "backend">,
): Promise<EmbeddingTrainer> {
  const backend = await opening;
  const trainer = await createTrainer({ ...options, backend });
  const closeTrainer = trainer.close;
  trainer.close = async () => {
    await closeTrainer();
    await backend.close();
  };
  return trainer;
}
