import { createOwningTrainer, type EmbeddingTrainer, type TrainerOptions } from "@thawline/core";
import { cpuBackend } from "./cpu-backend.ts";

/** Core's trainer on a cpu backend of its own, which closes with the trainer. @throws PolicyError as core's `createTrainer` */
export const createTrainer = (options: Omit<TrainerOptions, "backend">): Promise<EmbeddingTrainer> =>
  createOwningTrainer(cpuBackend(), options);
