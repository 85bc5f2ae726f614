import { createOwningTrainer, type EmbeddingTrainer, type TrainerOptions } from "@thawline/core";
import { type TfjsWebBackendOptions, tfjsWebBackend } from "./tfjs-web-backend.ts";

/**
 * Core's trainer on a TensorFlow.js backend of its own, which closes with the trainer.
 * @param options as core's `createTrainer`
 * @param backendOptions as `tfjsWebBackend`
 * @throws BackendError BACKEND_UNAVAILABLE as `tfjsWebBackend`; PolicyError as core's `createTrainer`
 */
export async function createTrainer(
  options: Omit<TrainerOptions, "backend">,
  backendOptions?: TfjsWebBackendOptions,
): Promise<EmbeddingTrainer> {
  return createOwningTrainer(await tfjsWebBackend(backendOptions), options);
}
