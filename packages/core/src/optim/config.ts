import { PolicyError } from "../errors.ts";

/** An optimizer and its settings, as plain data. */
export interface OptimizerConfig {
  /** `adam` with `decoupled` is AdamW. */
  readonly type: "sgd" | "adagrad" | "adam";
  /** Step size, > 0. */
  readonly learningRate: number;
  /** SGD: μ in [0, 1); default 0. The buffer starts at 0 and there is no dampening. */
  readonly momentum?: number;
  /** SGD: Nesterov's form; default false. */
  readonly nesterov?: boolean;
  /** Adam: β₁ and β₂ in [0, 1); default 0.9 and 0.999. */
  readonly betas?: readonly [number, number];
  /** Adam (default 1e-8) and Adagrad (default 1e-10), outside the root, as in PyTorch. */
  readonly epsilon?: number;
  /** λ ≥ 0; default 0. */
  readonly weightDecay?: number;
  /** True: w ← (1 − ηλ) w before the step (Loshchilov and Hutter 2019). False (default): λw is added to the gradient. */
  readonly decoupled?: boolean;
  /** Which parameters decay: `weights` (default) leaves out biases, `all` is what PyTorch does with one group. */
  readonly decays?: "weights" | "all";
}

/** How the rows of an embedding table are updated, on top of the optimizer's own settings. */
export interface RowOptimizerConfig extends OptimizerConfig {
  /**
   * `lazy` (default): only rows with a gradient in this step move; value, moments and decay of all others stay to the bit,
   * and nothing is caught up later. `dense`: every active row moves each step, a row without gradient by gradient 0 (decay
   * and momentum included): O(A) a step, for equality with PyTorch's dense layers.
   */
  readonly rowUpdates?: "lazy" | "dense";
  /**
   * Adam's step count: `row` (default) counts a row's own updates; `global` counts the table's, as PyTorch's SparseAdam
   * does (a row first seen late then starts with a step about three times as large).
   */
  readonly rowStep?: "row" | "global";
  /** Adam: where ε is added; `before` bias correction is PyTorch's SparseAdam. Default `after`. */
  readonly epsilonPlacement?: "after" | "before";
}

/** A configuration with every default filled in. */
export type ResolvedOptimizer = Required<RowOptimizerConfig>;

const inRange = (x: number, low: number, high: number): boolean => x >= low && x < high;

/**
 * Fills in the defaults and checks the values.
 * @throws PolicyError INVALID_CONFIG
 */
export function resolveOptimizer(config: RowOptimizerConfig): ResolvedOptimizer {
  const resolved: ResolvedOptimizer = {
    type: config.type,
    learningRate: config.learningRate,
    momentum: config.momentum ?? 0,
    nesterov: config.nesterov ?? false,
    betas: config.betas ?? [0.9, 0.999],
    epsilon: config.epsilon ?? (config.type === "adagrad" ? 1e-10 : 1e-8),
    weightDecay: config.weightDecay ?? 0,
    decoupled: config.decoupled ?? false,
    decays: config.decays ?? "weights",
    rowUpdates: config.rowUpdates ?? "lazy",
    rowStep: config.rowStep ?? "row",
    epsilonPlacement: config.epsilonPlacement ?? "after",
  };
  const fail = (name: string, expected: string, got: unknown): never => {
    throw new PolicyError("INVALID_CONFIG", `optimizer ${name} should be ${expected}, got ${String(got)}`);
  };
  const choices = {
    type: ["sgd", "adagrad", "adam"],
    decays: ["weights", "all"],
    rowUpdates: ["lazy", "dense"],
    rowStep: ["row", "global"],
    epsilonPlacement: ["after", "before"],
  } as const;
  for (const [name, known] of Object.entries(choices)) {
    const given = resolved[name as keyof typeof choices];
    if (!(known as readonly string[]).includes(given)) fail(name, known.join(" or "), given);
  }
  if (!(resolved.learningRate > 0 && Number.isFinite(resolved.learningRate))) {
    fail("learningRate", "a number > 0", resolved.learningRate);
  }
  if (!inRange(resolved.momentum, 0, 1)) fail("momentum", "in [0, 1)", resolved.momentum);
  if (resolved.nesterov && resolved.momentum === 0) fail("momentum", "> 0 with nesterov", resolved.momentum);
  if (resolved.betas.length !== 2 || !resolved.betas.every((beta) => inRange(beta, 0, 1)))
    fail("betas", "two numbers in [0, 1)", resolved.betas);
  if (!inRange(resolved.epsilon, 0, Number.POSITIVE_INFINITY)) fail("epsilon", "≥ 0", resolved.epsilon);
  if (!inRange(resolved.weightDecay, 0, Number.POSITIVE_INFINITY)) fail("weightDecay", "≥ 0", resolved.weightDecay);
  return resolved;
}
