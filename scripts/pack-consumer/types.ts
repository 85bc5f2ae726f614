// Compiled in both module kinds, declarations checked, with no types of Node or the DOM in reach.
import { cpuBackend } from "@thawline/backend-cpu";
import { type Backend, createEmbeddingTable, createTrainer, type EmbeddingTrainer, fullPolicy } from "@thawline/core";
import { linearHead } from "@thawline/heads";

const backend: Backend = cpuBackend();
const table = createEmbeddingTable({ dimension: 8, anchor: new Float32Array(80), activeRows: "all" });

export const trainer: Promise<EmbeddingTrainer> = createTrainer({
  backend,
  table,
  head: linearHead({ dimension: 8, classes: 2 }),
  policy: fullPolicy,
  optimizer: { type: "adam", learningRate: 0.01 },
  batchSize: 32,
});

// @ts-expect-error the dimension is a number: types are resolved, not `any`
linearHead({ dimension: "8", classes: 2 });
