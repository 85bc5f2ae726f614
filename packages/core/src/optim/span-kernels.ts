import type { FloatArray } from "../tensor.ts";

/** Numbers of one update, made once a step (or once a row where the step count is the row's own). */
export interface UpdateCoefficients {
  /** η times every multiplier. */
  learningRate: number;
  /** Factor on the gradient: 1, or less where the joint norm was clipped. */
  gradientScale: number;
  /** λ added to the gradient as λw; 0 where decay is decoupled. */
  coupledDecay: number;
  /** 1 − ηλ where decay is decoupled, else 1. */
  shrink: number;
  momentum: number;
  nesterov: boolean;
  beta1: number;
  beta2: number;
  epsilon: number;
  /** Adam: η / (1 − β₁ᵗ), or SparseAdam's η √(1 − β₂ᵗ) / (1 − β₁ᵗ). */
  stepSize: number;
  /** Adam: 1 / √(1 − β₂ᵗ), or 1 where ε comes before bias correction. */
  rootScale: number;
}

/**
 * Where an update happens: `length` numbers of `values` and moments from `at`, and of `gradient` from `gradientAt`.
 * A negative `gradientAt` is a gradient of 0.
 */
export interface Span {
  values: FloatArray;
  first: FloatArray;
  second: FloatArray;
  gradient: FloatArray;
  at: number;
  gradientAt: number;
  length: number;
}

/** An update of a span in place. */
export type SpanKernel = (span: Span, c: UpdateCoefficients) => void;

/**
 * SGD: w ← w − η g, with momentum b ← μb + g and w ← w − η b, or Nesterov's w ← w − η (g + μb).
 * Sutskever et al. 2013, in PyTorch's form (the learning rate outside the buffer).
 */
export const sgdSpan: SpanKernel = (span, c) => {
  const { values, first, gradient, at, gradientAt, length } = span;
  const { learningRate, gradientScale, coupledDecay, shrink, momentum, nesterov } = c;
  for (let d = 0; d < length; d++) {
    const w = values[at + d]!;
    let g = (gradientAt < 0 ? 0 : gradient[gradientAt + d]! * gradientScale) + coupledDecay * w;
    if (momentum > 0) {
      const b = momentum * first[at + d]! + g;
      first[at + d] = b;
      g = nesterov ? g + momentum * b : b;
    }
    values[at + d] = w * shrink - learningRate * g;
  }
};

/** Adagrad: s ← s + g², w ← w − η g / (√s + ε). Duchi et al. 2011; s starts at 0, as in PyTorch. */
export const adagradSpan: SpanKernel = (span, c) => {
  const { values, second, gradient, at, gradientAt, length } = span;
  const { learningRate, gradientScale, coupledDecay, shrink, epsilon } = c;
  for (let d = 0; d < length; d++) {
    const w = values[at + d]!;
    const g = (gradientAt < 0 ? 0 : gradient[gradientAt + d]! * gradientScale) + coupledDecay * w;
    const s = second[at + d]! + g * g;
    second[at + d] = s;
    // A row that never had a gradient has s = 0; with ε = 0 its step would be 0 / 0.
    values[at + d] = w * shrink - (g === 0 ? 0 : (learningRate * g) / (Math.sqrt(s) + epsilon));
  }
};

/**
 * Adam: m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², w ← w − stepSize · m / (√v · rootScale + ε).
 * Kingma and Ba 2015; with `shrink` AdamW (Loshchilov and Hutter 2019).
 */
export const adamSpan: SpanKernel = (span, c) => {
  const { values, first, second, gradient, at, gradientAt, length } = span;
  const { gradientScale, coupledDecay, shrink, beta1, beta2, epsilon, stepSize, rootScale } = c;
  const rest1 = 1 - beta1;
  const rest2 = 1 - beta2;
  for (let d = 0; d < length; d++) {
    const w = values[at + d]!;
    const g = (gradientAt < 0 ? 0 : gradient[gradientAt + d]! * gradientScale) + coupledDecay * w;
    const m = beta1 * first[at + d]! + rest1 * g;
    const v = beta2 * second[at + d]! + rest2 * g * g;
    first[at + d] = m;
    second[at + d] = v;
    // 0 / 0 (ε = 0 and no gradient so far) is no step.
    values[at + d] = w * shrink - (m === 0 ? 0 : (stepSize * m) / (Math.sqrt(v) * rootScale + epsilon));
  }
};

/**
 * `adamSpan` for float32 storage, in float32 arithmetic: every operation is rounded, in the order in which the SIMD kernel
 * does them, so that both give the same bits. The gradient may be float64 and is rounded once.
 */
export const adamSpan32: SpanKernel = (span, c) => {
  const { values, first, second, gradient, at, gradientAt, length } = span;
  const { gradientScale } = c;
  const round = Math.fround;
  const decay = round(c.coupledDecay);
  const shrink = round(c.shrink);
  const beta1 = round(c.beta1);
  const beta2 = round(c.beta2);
  const rest1 = round(1 - c.beta1);
  const rest2 = round(1 - c.beta2);
  const epsilon = round(c.epsilon);
  const stepSize = round(c.stepSize);
  const rootScale = round(c.rootScale);
  for (let d = 0; d < length; d++) {
    const w = values[at + d]!;
    const scaled = gradientAt < 0 ? 0 : round(gradient[gradientAt + d]! * gradientScale);
    const g = round(scaled + round(decay * w));
    const m = round(round(beta1 * first[at + d]!) + round(rest1 * g));
    const v = round(round(beta2 * second[at + d]!) + round(round(rest2 * g) * g));
    first[at + d] = m;
    second[at + d] = v;
    const root = round(round(round(Math.sqrt(v)) * rootScale) + epsilon);
    values[at + d] = round(w * shrink) - (m === 0 ? 0 : round(round(stepSize * m) / root));
  }
};

/** The three optimizers' kernels; `adam` chooses by the storage's precision. */
export interface SpanKernels {
  readonly sgd: SpanKernel;
  readonly adagrad: SpanKernel;
  readonly adam: SpanKernel;
}

/** Plain TypeScript kernels. */
export const spanKernels: SpanKernels = Object.freeze({
  sgd: sgdSpan,
  adagrad: adagradSpan,
  adam: (span, c) => (span.values instanceof Float32Array ? adamSpan32(span, c) : adamSpan(span, c)),
} satisfies SpanKernels);
