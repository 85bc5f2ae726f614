import assert from "node:assert/strict";
import { anchor, dimension, examples } from "./sentences.mjs";

/**
 * Trains on the ten sentences, frozen first and unfrozen later, and asserts what should come of it.
 * @param {{ core: any, backend: any, head: any }} parts core as it was imported or required, and what it trains with
 */
export async function trainSentences({ core, backend, head }) {
  const { createEmbeddingTable, createRandom, createTrainer, fineTune, gradualPolicy } = core;
  const vectors = anchor(createRandom(7));
  const table = createEmbeddingTable({ dimension, anchor: vectors, activeRows: "all" });
  const before = table.overlay.slice();
  const policy = gradualPolicy({ until: { kind: "epochs", epochs: 2 } });
  const optimizer = { type: "adam", learningRate: 0.05 };
  const trainer = await createTrainer({ backend, table, head, policy, optimizer, batchSize: 4, seed: 1 });
  const phases = [];
  for await (const event of fineTune(trainer, { train: examples, epochs: 12 })) {
    if (event.kind === "phase") phases.push(event.phase);
    const isFrozen = event.kind === "epoch" && event.record.phase === "frozen";
    if (isFrozen) assert.deepEqual(table.overlay, before, "a frozen table moved");
  }
  assert.deepEqual(phases, ["frozen", "tuned"]);
  assert.equal((await trainer.evaluate(examples)).accuracy, 1);
  assert.notDeepEqual(table.overlay, before, "an unfrozen table did not move");
  assert.deepEqual(vectors, anchor(createRandom(7)), "the anchor was written to");
  await trainer.close();
}
