import { existsSync, readFileSync } from "node:fs";
import { writeClassTargets } from "@thawline/core";
import { linearHead } from "@thawline/heads";
import { describe, expect, it } from "vitest";
import { float32, runCpu, tensorError } from "./helpers.ts";

interface Numbers {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

/** A case of a PyTorch gradient file of the mean-pool linear model. */
interface MeanCase {
  readonly name: string;
  readonly dims: { readonly B: number; readonly V: number; readonly D: number; readonly C: number };
  readonly ids: readonly (readonly number[])[];
  readonly labels: readonly number[];
  readonly class_weights: readonly number[] | null;
  readonly label_smoothing: number;
  readonly params: Readonly<Record<string, Numbers>>;
  readonly logits: Numbers;
  readonly loss: number;
  readonly grads: Readonly<Record<string, Numbers>>;
}

/** Each use of a row by an example, with its share of the mean; id 0 is padding. */
const usesOf = ({ ids }: MeanCase) =>
  ids.flatMap((row, n) => {
    const real = row.filter((id) => id !== 0);
    return real.map((id) => ({ n, id, share: 1 / real.length }));
  });

async function run(example: MeanCase) {
  const { dims, labels, params } = example;
  const { B, V, D, C } = dims;
  const pooled = new Float64Array(B * D);
  for (const { n, id, share } of usesOf(example)) {
    for (let d = 0; d < D; d++) pooled[n * D + d] += share * params["embedding.weight"].data[id * D + d];
  }
  const target = new Float32Array(B * C);
  const weight = new Float32Array(B);
  const classWeights = example.class_weights === null ? {} : { classWeights: example.class_weights };
  const options = { classes: C, labelSmoothing: example.label_smoothing, ...classWeights };
  writeClassTargets(labels, { target, weight }, options);
  const built = linearHead({ dimension: D, classes: C }).build({ examples: B, positions: 0 }, "train");
  const wrt = ["embedding", "linear.weight", "linear.bias"];
  const result = await runCpu(
    built.graph,
    { loss: built.loss!, wrt, fetch: [built.logits] },
    {
      embedding: float32([B, D], pooled),
      "linear.weight": float32([C, D], params["linear.weight"].data),
      "linear.bias": float32([C], params["linear.bias"].data),
      target: float32([B, C], target),
      weight: float32([B], weight),
    },
  );
  const dTable = new Float64Array(V * D);
  for (const { n, id, share } of usesOf(example)) {
    for (let d = 0; d < D; d++) dTable[id * D + d] += share * result.gradients.embedding.data[n * D + d];
  }
  return { ...result, logits: result.outputs[built.logits].data, dTable };
}

const shared = new URL("../../../../shared/fixtures/pytorch/grad-mean.json", import.meta.url);

// Absent from a clone: pytorch.test.ts holds the same head to committed PyTorch cases.
if (existsSync(shared)) {
  describe("shared PyTorch cases of the mean-pool linear model, to 1e-5", () => {
    const cases: readonly MeanCase[] = JSON.parse(readFileSync(shared, "utf8")).cases;
    it.each(cases.map((example) => [example.name, example] as const))("%s", async (_, example) => {
      const { loss, logits, gradients, dTable } = await run(example);
      expect(tensorError([loss!], [example.loss])).toBeLessThanOrEqual(1e-5);
      expect(tensorError(logits, example.logits.data)).toBeLessThanOrEqual(1e-5);
      expect(tensorError(dTable, example.grads["embedding.weight"].data)).toBeLessThanOrEqual(1e-5);
      for (const name of ["linear.weight", "linear.bias"]) {
        expect(tensorError(gradients[name].data, example.grads[name].data), name).toBeLessThanOrEqual(1e-5);
      }
    });
  });
} else {
  it.todo("shared PyTorch cases: the shared folder is not beside this checkout");
}
