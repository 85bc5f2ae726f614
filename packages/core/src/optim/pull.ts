import { PolicyError } from "../errors.ts";

/** Which rows a pull or a trust region holds. */
export interface HeldRows {
  /**
   * `pretrained` (default): rows that came from the pre-trained file. A row that was made up for a word without a vector has no
   * pre-trained place to be held at; `all` holds it at its starting values.
   */
  readonly rows?: "pretrained" | "all";
}

/**
 * L2-SP: the penalty α/2 ‖w − w₀‖² towards the starting point w₀ instead of towards zero.
 * @remarks Li, Grandvalet and Davoine 2018, "Explicit inductive bias for transfer learning with convolutional networks",
 * ICML, equation 3.
 */
export interface L2SpPull extends HeldRows {
  readonly type: "l2-sp";
  /** α ≥ 0. Decoupled, 1 / (η α) is the number of steps in which a row that is left alone goes back to 1/e of its way. */
  readonly strength: number;
  /**
   * False (default): decoupled from the gradient, as AdamW's decay is: after the optimizer's update of a step, each unfrozen
   * row w ← w₀ + max(0, 1 − η α)(w − w₀), rows absent from the step included. True: α(w − w₀) is added to the row's
   * gradient, as by a term of the loss; an optimizer that normalises gradients then normalises the pull too. With lazy row
   * updates only rows of the step have it.
   */
  readonly coupled?: boolean;
}

/** Weight λ(t) of the task at the table's t-th step, from 1; the pull has 1 − λ(t). */
export type Annealing =
  /** λ(t) = 1 / (1 + exp(−k (t − t₀))): `slope` k > 0, `center` t₀. */
  | { readonly kind: "sigmoid"; readonly slope: number; readonly center: number }
  /** λ(t) = min(1, t / steps): `steps` > 0. */
  | { readonly kind: "linear"; readonly steps: number };

/**
 * RecAdam: from recalling the pre-trained rows to learning the task. The optimizer's step is multiplied by λ(t); then
 * w ← w₀ + max(0, 1 − η (1 − λ(t)) γ)(w − w₀) for each unfrozen row, rows absent from the step included.
 * @remarks Chen et al. 2020, "Recall and learn: fine-tuning deep pretrained language models with less forgetting", EMNLP,
 * section 3.3 and the authors' optimizer, which pulls after its update (their algorithm 1 pulls w of before it: the two
 * differ by the factor on the step itself). Works with every optimizer, not with Adam alone. Decoupled weight decay of the
 * rows, where there is any, belongs to the optimizer's step here, and is annealed with it.
 */
export interface RecAdamPull extends HeldRows {
  readonly type: "recadam";
  /** γ ≥ 0. */
  readonly strength: number;
  readonly annealing: Annealing;
}

/**
 * Mixout: in the forward pass of a training step, each component of a looked-up row is the pre-trained one with probability
 * p, and the rest is scaled so that its expected value is w: (M∘w₀ + (1 − M)∘w − p w₀) / (1 − p). The gradient of w is
 * (1 − M) / (1 − p) ∘ g. Each row has its own mask M in each step.
 * @remarks Lee, Cho and Kang 2020, "Mixout: effective regularization to finetune large-scale pretrained language models",
 * ICLR, equation 5.
 */
export interface MixoutPull extends HeldRows {
  readonly type: "mixout";
  /** p in [0, 1). */
  readonly probability: number;
}

/** What pulls the rows of a table towards their pre-trained values, as plain data. */
export type PullConfig = L2SpPull | RecAdamPull | MixoutPull;

const fail = (name: string, expected: string, got: unknown): never => {
  throw new PolicyError("INVALID_CONFIG", `${name} should be ${expected}, got ${JSON.stringify(got) ?? String(got)}`);
};
const isNumber = (x: unknown): x is number => typeof x === "number" && Number.isFinite(x);

/** @throws PolicyError INVALID_CONFIG */
export function checkHeldRows(name: string, { rows = "pretrained" }: HeldRows): void {
  if (rows !== "pretrained" && rows !== "all") fail(`${name} rows`, '"pretrained" or "all"', rows);
}

function checkAnnealing(annealing: Annealing): void {
  const name = "pull annealing";
  if (typeof annealing !== "object" || annealing === null) fail(name, "an object with a kind", annealing);
  if (annealing.kind === "sigmoid") {
    if (!(isNumber(annealing.slope) && annealing.slope > 0)) fail(`${name} slope`, "a number > 0", annealing.slope);
    if (!isNumber(annealing.center)) fail(`${name} center`, "a number of steps", annealing.center);
  } else if (annealing.kind === "linear") {
    if (!(isNumber(annealing.steps) && annealing.steps > 0)) fail(`${name} steps`, "a number > 0", annealing.steps);
  } else fail(`${name} kind`, "sigmoid or linear", (annealing satisfies never as Annealing).kind);
}

/**
 * Checks a pull, which may come from a file.
 * @throws PolicyError INVALID_CONFIG
 */
export function checkPull(pull: PullConfig): void {
  if (typeof pull !== "object" || pull === null) fail("pull", "an object with a type", pull);
  checkHeldRows("pull", pull);
  if (pull.type === "mixout") {
    const { probability } = pull;
    if (!(isNumber(probability) && probability >= 0 && probability < 1)) {
      fail("pull probability", "in [0, 1)", probability);
    }
    return;
  }
  if (pull.type !== "l2-sp" && pull.type !== "recadam") {
    fail("pull type", "l2-sp, recadam or mixout", (pull satisfies never as PullConfig).type);
  }
  if (!(isNumber(pull.strength) && pull.strength >= 0)) fail("pull strength", "a number ≥ 0", pull.strength);
  if (pull.type === "recadam") checkAnnealing(pull.annealing);
}

/** λ(t): weight of the task at the table's t-th step, in [0, 1]. */
export function taskWeight(annealing: Annealing, t: number): number {
  if (annealing.kind === "linear") return Math.min(1, t / annealing.steps);
  return 1 / (1 + Math.exp(-annealing.slope * (t - annealing.center)));
}

/** `[A]` 1 where a row is not held: it is frozen, or was made up and only pre-trained ones are held. */
export function exemptSlots(
  into: Uint8Array,
  table: { readonly activeRows: Int32Array; readonly pretrained: Uint8Array | undefined },
  {
    rows = "pretrained",
    isFrozen,
  }: { readonly rows: HeldRows["rows"] | undefined; readonly isFrozen: Uint8Array | undefined },
): void {
  const { activeRows, pretrained } = table;
  for (let slot = 0; slot < into.length; slot++) {
    const isMadeUp = rows === "pretrained" && pretrained !== undefined && pretrained[activeRows[slot]!] === 0;
    into[slot] = isMadeUp || (isFrozen !== undefined && isFrozen[slot] !== 0) ? 1 : 0;
  }
}
