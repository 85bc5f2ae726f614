import type { Backend } from "../backend.ts";
import type { EmbeddingTrainer } from "./embedding-trainer.ts";
import { createTrainer } from "./trainer.ts";
import type { TrainerOptions } from "./trainer-options.ts";

/**
 * A trainer that owns its backend: the backend is closed with the trainer, and at once where the trainer cannot be made.
 * What the `createTrainer` of a backend package is made of.
 * @throws PolicyError as `createTrainer`
 */
export async function createOwningTrainer(
  backend: Backend,
  options: Omit<TrainerOptions, "backend">,
): Promise<EmbeddingTrainer> {
  let trainer: EmbeddingTrainer;
  try {
    trainer = await createTrainer({ ...options, backend });
  } catch (error) {
    await backend.close();
    throw error;
  }
  const closeTrainer = trainer.close;
  trainer.close = async () => {
    await closeTrainer();
    await backend.close();
  };
  return trainer;
}
