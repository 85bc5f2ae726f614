import { cpuBackend } from "@thawline/backend-cpu";
import { referenceBackend } from "@thawline/backend-reference";
import { type Backend, createEmbeddingTable, createTrainer } from "@thawline/core";
import { createHead } from "@thawline/heads";
import { describe, expect, it } from "vitest";

const weight = [
  [0.5, -1, 0.25],
  [1.5, 0.75, -0.5],
];
const bias = [0.1, -0.2];
const rows = [
  [0, 0, 0],
  [3, -4, 12],
  [0.5, 0.25, -1],
  [0, 0, 0],
];
const backends: readonly (readonly [string, () => Promise<Backend> | Backend, number])[] = [
  ["reference", referenceBackend, 1e-12],
  ["cpu", cpuBackend, 1e-5],
];

/** Logits and the gradient of the mean loss by each row, by the formula: dx = (I − z zᵀ) Wᵀ (p − y) / ‖x‖ for z = x / ‖x‖. */
function byFormula(row: number, label: number, examples: number) {
  const x = rows[row]!;
  const length = Math.hypot(...x);
  const z = x.map((value) => (length === 0 ? 0 : value / length));
  const logits = weight.map((w, c) => w.reduce((sum, value, d) => sum + value * z[d]!, bias[c]!));
  const exps = logits.map(Math.exp);
  const error = exps.map((e, c) => e / (exps[0]! + exps[1]!) - (c === label ? 1 : 0));
  const dz = z.map((_, d) => (error[0]! * weight[0]![d]! + error[1]! * weight[1]![d]!) / examples);
  const along = dz.reduce((sum, value, d) => sum + value * z[d]!, 0);
  // A zero vector is not scaled: its gradient passes as it is.
  return { logits, gradient: dz.map((value, d) => (length === 0 ? value : (value - along * z[d]!) / length)) };
}

describe.each(backends)("a head on means of length 1, on %s", (_, open, tolerance) => {
  it("scores and differentiates as the formula says, and stays finite for a zero vector", async () => {
    const backend = await open();
    const precision = tolerance < 1e-9 ? Float64Array : Float32Array;
    const trainer = await createTrainer({
      backend,
      table: createEmbeddingTable({ dimension: 3, anchor: precision.from(rows.flat()), activeRows: [1, 2, 3] }),
      head: createHead({ type: "linear", dimension: 3, classes: 2, normalize: true }),
      optimizer: { type: "sgd", learningRate: 1 },
      batchSize: 3,
      parameters: { "linear.weight": weight.flat(), "linear.bias": bias },
    });
    const labels = [0, 1, 1];
    const examples = {
      ids: Int32Array.of(1, 2, 3),
      offsets: Int32Array.of(0, 1, 2, 3),
      labels: Int32Array.from(labels),
    };
    const { logits, rows: moved, rowValues } = await trainer.gradients(examples);
    expect([...moved]).toEqual([1, 2, 3]);
    labels.forEach((label, i) => {
      const expected = byFormula(i + 1, label, labels.length);
      expected.logits.forEach((value, c) => {
        expect(Math.abs(logits[2 * i + c]! - value)).toBeLessThan(tolerance);
      });
      expected.gradient.forEach((value, d) => {
        expect(Math.abs(rowValues[3 * i + d]! - value)).toBeLessThan(tolerance);
      });
    });
    await trainer.close();
    await backend.close();
  });
});

it("mlp takes it too; heads on a sequence have no mean to scale", () => {
  expect(createHead({ type: "mlp", dimension: 3, classes: 2, normalize: true }).options).toMatchObject({
    normalize: true,
  });
  expect(createHead({ type: "mlp", dimension: 3, classes: 2 }).options).not.toHaveProperty("normalize");
  expect(() => createHead({ type: "cnn", dimension: 3, classes: 2, normalize: true })).toThrow(/no option "normalize"/);
});
