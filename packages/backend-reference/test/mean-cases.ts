import { type Backend, checked, floatTensor, type StepResult, writeClassTargets } from "@thawline/core";
import { linearHead } from "@thawline/heads";

interface TensorData {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

/** A case of a PyTorch gradient file of the mean-pool linear model. */
export interface MeanCase {
  readonly name: string;
  readonly head_config: { readonly type: string };
  readonly dims: { readonly B: number; readonly V: number; readonly D: number; readonly C: number };
  readonly ids: readonly (readonly number[])[];
  readonly labels: readonly number[];
  readonly class_weights: readonly number[] | null;
  readonly label_smoothing: number;
  readonly params: Readonly<Record<string, TensorData>>;
  readonly logits: TensorData;
  readonly loss: number;
  readonly grads: Readonly<Record<string, TensorData>>;
}

/** Mean of the embeddings of each example's real tokens (id 0 is padding), [B, D]. */
function pool({ ids, dims: { D }, params }: MeanCase): Float64Array {
  const table = params["embedding.weight"].data;
  const pooled = new Float64Array(ids.length * D);
  ids.forEach((row, n) => {
    const real = row.filter((id) => id !== 0);
    for (const id of real) for (let d = 0; d < D; d++) pooled[n * D + d] += table[id * D + d] / real.length;
  });
  return pooled;
}

/** The table's gradient from that of the pooled vectors: each real token takes its share. */
function scatter({ ids, dims: { V, D } }: MeanCase, dPooled: ArrayLike<number>): Float64Array {
  const dTable = new Float64Array(V * D);
  ids.forEach((row, n) => {
    const real = row.filter((id) => id !== 0);
    for (const id of real) for (let d = 0; d < D; d++) dTable[id * D + d] += dPooled[n * D + d] / real.length;
  });
  return dTable;
}

/** What a backend makes of a case, under the names of the file. */
export async function runMeanCase(backend: Backend, example: MeanCase): Promise<Record<string, ArrayLike<number>>> {
  const { dims, labels, params } = example;
  const float = (from: ArrayLike<number>) =>
    backend.supports.precision === "f64" ? Float64Array.from(from) : Float32Array.from(from);
  const head = linearHead({ dimension: dims.D, classes: dims.C });
  const { graph, loss, logits } = head.build({ examples: dims.B, positions: 0 }, "train");
  const target = new Float64Array(dims.B * dims.C);
  const weight = new Float64Array(dims.B);
  writeClassTargets(
    labels,
    { target, weight },
    {
      classes: dims.C,
      ...(example.class_weights === null ? {} : { classWeights: example.class_weights }),
      labelSmoothing: example.label_smoothing,
    },
  );
  const wrt = ["embedding", "linear.weight", "linear.bias"];
  const executable = await checked(backend).compile(graph, { loss: loss!, wrt, fetch: [logits] });
  const result: StepResult = await executable.run({
    embedding: floatTensor([dims.B, dims.D], float(pool(example))),
    "linear.weight": floatTensor([dims.C, dims.D], float(params["linear.weight"].data)),
    "linear.bias": floatTensor([dims.C], float(params["linear.bias"].data)),
    target: floatTensor([dims.B, dims.C], float(target)),
    weight: floatTensor([dims.B], float(weight)),
  });
  return {
    loss: [result.loss!],
    logits: result.outputs[logits].data,
    "linear.weight": result.gradients["linear.weight"].data,
    "linear.bias": result.gradients["linear.bias"].data,
    "embedding.weight": scatter(example, result.gradients.embedding.data),
  };
}
