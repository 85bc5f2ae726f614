import type { Backend, CompileRequest, Executable, StepResult } from "../src/backend.ts";
import type { Graph } from "../src/graph/graph.ts";
import { opNames } from "../src/graph/ops.ts";
import { type FloatArray, floatTensor, type Tensor, type TensorMap } from "../src/tensor.ts";

/** What a test may do with the backend beyond the contract. */
export interface ClosedFormOptions {
  /** Default `f64`. */
  readonly precision?: "f64" | "f32";
  /** Sees, and may replace, each result of a program with a loss; `run` counts those runs from 1. */
  readonly intercept?: (result: StepResult, run: number) => StepResult;
}

/** The backend, and a log of what was asked of it. */
export interface ClosedFormBackend extends Backend {
  /** Every compile request so far. */
  readonly requests: readonly CompileRequest[];
  /** Executables that are not closed. */
  openPrograms(): number;
}

interface Problem {
  readonly B: number;
  readonly L: number;
  readonly D: number;
  readonly C: number;
  read(name: string): FloatArray | undefined;
}

/** Forward and backward of softmax regression on (mean-pooled, dropped-out) vectors, from the textbook, in float64. */
function solve({ B, L, D, C, read }: Problem) {
  const E = read("embedding")!;
  const W = read("linear.weight")!;
  const b = read("linear.bias")!;
  const mask = read("mask");
  const dropout = read("dropout.mask");
  const target = read("target");
  const weight = read("weight");
  const X = new Float64Array(B * D);
  const share = new Float64Array(B * L).fill(1);
  for (let n = 0; n < B; n++) {
    let real = 0;
    if (mask !== undefined) for (let l = 0; l < L; l++) real += mask[n * L + l];
    for (let l = 0; l < L; l++) {
      if (mask !== undefined) share[n * L + l] = real === 0 ? 0 : mask[n * L + l] / real;
      for (let d = 0; d < D; d++) X[n * D + d] += share[n * L + l] * E[(n * L + l) * D + d];
    }
    if (dropout !== undefined) for (let d = 0; d < D; d++) X[n * D + d] *= dropout[n * D + d];
  }
  const logits = new Float64Array(B * C);
  const dLogits = new Float64Array(B * C);
  let loss = 0;
  for (let n = 0; n < B; n++) {
    let max = -Infinity;
    for (let c = 0; c < C; c++) {
      let z = b[c];
      for (let d = 0; d < D; d++) z += X[n * D + d] * W[c * D + d];
      logits[n * C + c] = z;
      max = Math.max(max, z);
    }
    if (target === undefined || weight === undefined) continue;
    let sum = 0;
    let mass = 0;
    for (let c = 0; c < C; c++) {
      sum += Math.exp(logits[n * C + c] - max);
      mass += target[n * C + c];
    }
    const logSum = Math.log(sum) + max;
    for (let c = 0; c < C; c++) {
      const logP = logits[n * C + c] - logSum;
      loss -= weight[n] * target[n * C + c] * logP;
      // d/dz of -Σ t log softmax(z): p Σ t - t.
      dLogits[n * C + c] = weight[n] * (Math.exp(logP) * mass - target[n * C + c]);
    }
  }
  const dW = new Float64Array(C * D);
  const db = new Float64Array(C);
  const dE = new Float64Array(B * L * D);
  for (let n = 0; n < B; n++) {
    for (let c = 0; c < C; c++) {
      const dz = dLogits[n * C + c];
      db[c] += dz;
      for (let d = 0; d < D; d++) {
        dW[c * D + d] += dz * X[n * D + d];
        const dx = dz * W[c * D + d] * (dropout === undefined ? 1 : dropout[n * D + d]);
        for (let l = 0; l < L; l++) dE[(n * L + l) * D + d] += dx * share[n * L + l];
      }
    }
  }
  return { loss, logits, gradients: { embedding: dE, "linear.weight": dW, "linear.bias": db } };
}

/**
 * A backend for tests that looks at no node: its programs know softmax regression by its closed form, so that what the
 * trainer does is tested without autodiff, heads or another backend. Takes the graphs of `testHead`.
 */
export function closedFormBackend({ precision = "f64", intercept }: ClosedFormOptions = {}): ClosedFormBackend {
  const requests: CompileRequest[] = [];
  let lossRuns = 0;
  let open = 0;

  const compile = (graph: Graph, request: CompileRequest): Executable => {
    const shapes = new Map(graph.inputs.map((input) => [input.name, input.shape]));
    const [C, D] = shapes.get("linear.weight")!;
    const embedding = shapes.get("embedding")!;
    const [B, L] = [embedding[0], embedding.length === 3 ? embedding[1] : 1];
    const resident: Record<string, Tensor> = {};
    const store = (values: Float64Array, shape: readonly number[], into: Tensor | undefined): Tensor => {
      if (into === undefined) return floatTensor(shape, precision === "f64" ? values : Float32Array.from(values));
      (into.data as FloatArray).set(values);
      return into;
    };
    let isOpen = true;
    let isRunning = false;
    open++;
    return {
      set: async (values) => {
        for (const [name, value] of Object.entries(values)) resident[name] = { ...value, data: value.data.slice() };
      },
      run: async (feeds, options) => {
        if (isRunning) throw new Error("runs overlap");
        isRunning = true;
        // A turn of the event loop's microtasks, as a real runtime takes, so that overlapping calls show.
        await Promise.resolve();
        const read = (name: string) => (feeds[name] ?? resident[name])?.data as FloatArray | undefined;
        const solved = solve({ B, L, D, C, read });
        const gradients: Record<string, Tensor> = {};
        for (const name of request.wrt ?? []) {
          const values = solved.gradients[name as keyof typeof solved.gradients];
          gradients[name] = store(values, shapes.get(name)!, options?.into?.gradients?.[name]);
        }
        const outputs: TensorMap = { logits: store(solved.logits, [B, C], options?.into?.outputs?.logits) };
        isRunning = false;
        if (request.loss === undefined) return { gradients, outputs };
        const result = { loss: solved.loss, gradients, outputs };
        lossRuns++;
        return intercept === undefined ? result : intercept(result, lossRuns);
      },
      close: async () => {
        if (isOpen) open--;
        isOpen = false;
      },
    };
  };

  return {
    specVersion: 1,
    name: "closed-form",
    supports: { ops: opNames, precision, bitReproducible: true, concurrentRuns: false },
    requests,
    openPrograms: () => open,
    compile: async (graph, request = {}) => {
      requests.push(request);
      return compile(graph, request);
    },
    close: async () => {},
  };
}
