import { createOwningTrainer, type EmbeddingTrainer, type TrainerOptions } from "@thawline/core";
import { tfjsNodeBackend } from "./tfjs-node-backend.ts";

/**
 * Core's trainer on a tfjs-node backend of its own, which closes with the trainer.
 * @throws BackendError BACKEND_UNAVAILABLE as `tfjsNodeBackend`; PolicyError as core's `createTrainer`
 */
export async function createTrainer(options: Omit<TrainerOptions, "backend">): Promise<EmbeddingTrainer> {
  return createOwningTrainer(await tfjsNodeBackend(), options);
}
