import type { Graph, ValueName } from "../graph/graph.ts";
import type { Random } from "../util/random.ts";
import type { InputLayer } from "./standardized-input.ts";

/** Shape of a batch that a head builds its graph for. */
export interface BatchShape {
  /** B, examples. */
  readonly examples: number;
  /** L, positions an example; only heads with a `positions` input read it. */
  readonly positions: number;
}

/** How an input of a head's graph is fed from an embedding table, which is itself never in the graph. */
export interface EmbeddingInput {
  /** The graph's input: `[B, D]` where pooled (mean over the example's tokens), `[B, L, D]` where positions. */
  readonly input: ValueName;
  readonly form: "pooled" | "positions";
  /** For positions: the graph's float input `[B, L]`, 1 at a token and 0 at padding. */
  readonly mask?: ValueName;
}

/** A parameter of a head. */
export interface ParameterSpec {
  /** Name of the graph's input, such as `linear.weight`. */
  readonly name: ValueName;
  readonly shape: readonly number[];
  /** Group that a freeze policy names: `head`, or a layer of it such as `head.hidden`. */
  readonly group: string;
  /** False for biases and other parameters that weight decay leaves alone unless asked. */
  readonly decay: boolean;
  /** Fills `values` (row-major, length of the shape's size) with the starting values. */
  initialize(values: Float32Array | Float64Array, random: Random): void;
  /** True for `[C, H]` output weights, whose rows Kim's max-norm applies to. */
  readonly output?: boolean;
}

/** A dropout mask that the host draws and feeds each step: 0, or 1 / (1 − rate) so that the mean is kept. */
export interface DropoutInput {
  readonly input: ValueName;
  readonly shape: readonly number[];
  readonly rate: number;
}

/** A head's graph for one batch shape. */
export interface HeadGraph {
  readonly graph: Graph;
  /** `[B, C]` scores before the softmax. */
  readonly logits: ValueName;
  /** Scalar mean loss; only when built for training. The graph then also has the inputs `target` [B, C] and `weight` [B]. */
  readonly loss?: ValueName;
  /** Masks to feed; empty when built for prediction. */
  readonly dropout: readonly DropoutInput[];
}

/** A classifier on top of embeddings: what it needs, and a function that builds its graph for a batch shape. */
export interface Head {
  /** Such as `linear`, `mlp`. */
  readonly type: string;
  /** Plain data that rebuilds the same head: `createHead({ type, ...options })`. */
  readonly options: Readonly<Record<string, unknown>>;
  /** D. */
  readonly dimension: number;
  /** C. */
  readonly classes: number;
  readonly embeddings: readonly EmbeddingInput[];
  readonly parameters: readonly ParameterSpec[];
  /** The linear layer that alone reads the pooled input, where the head has one. */
  readonly inputLayer?: InputLayer;
  build(shape: BatchShape, mode: "train" | "predict"): HeadGraph;
}
