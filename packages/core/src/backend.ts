import type { Graph, ValueName } from "./graph/graph.ts";
import type { OpName } from "./graph/ops.ts";
import type { TensorMap } from "./tensor.ts";

/** What a backend can do; the only place where it may declare a limit. */
export interface BackendSupport {
  readonly ops: readonly OpName[];
  /** Precision of `float` values; feeds and results are float64 tensors for `f64`, else float32. */
  readonly precision: "f64" | "f32" | "f16";
  /** Same feeds, same bits, run after run. */
  readonly bitReproducible: boolean;
  /** Two `run` calls of one executable may overlap. */
  readonly concurrentRuns: boolean;
}

/**
 * A backend owns arithmetic only: it compiles a graph, and its gradients, to something that runs. It knows nothing of
 * embeddings, optimizers or freezing. A backend is a value that you pass; there is no current one.
 */
export interface Backend {
  readonly specVersion: 1;
  readonly name: string;
  readonly supports: BackendSupport;
  /**
   * Compiles `graph`. With `loss` (a scalar float value) and `wrt` (float inputs) each run also returns the gradient of
   * the loss with respect to each input in `wrt`; inputs left out cost no backward pass. `fetch` names the values that
   * come back in `outputs` (default: the graph's outputs).
   * @throws GraphError, UnsupportedOpError, NotDifferentiableError, BackendError
   */
  compile(graph: Graph, request?: CompileRequest): Promise<Executable>;
  /** Releases what the backend holds; its executables are closed too. Safe to call twice. */
  close(): Promise<void>;
}

/** What a compiled program computes. */
export interface CompileRequest {
  readonly loss?: ValueName;
  readonly wrt?: readonly ValueName[];
  readonly fetch?: readonly ValueName[];
}

/** A compiled program for one set of static shapes. */
export interface Executable {
  /** Sets inputs that stay until set again; `values` are copied. A feed of the same name in `run` overrides for that run. */
  set(values: TensorMap): Promise<void>;
  /**
   * Runs once. `feeds` are borrowed until the promise settles and never written to. Results are the caller's: fresh
   * arrays, or for the names in `into` the caller's own, written in place. `into` may name gradients (by their input's
   * name, in `into.gradients`) and outputs.
   * @throws FeedError, BackendError
   */
  run(feeds: TensorMap, options?: RunOptions): Promise<StepResult>;
  /** Releases the program. Later calls reject with `BACKEND_CLOSED`. Safe to call twice. */
  close(): Promise<void>;
}

/** Options of one run. */
export interface RunOptions {
  /** Arrays to write results to, so that a step allocates nothing. */
  readonly into?: { readonly gradients?: TensorMap; readonly outputs?: TensorMap };
}

/** Results of one run. `loss` is there if and only if the program has one. */
export interface StepResult {
  readonly loss?: number;
  readonly gradients: TensorMap;
  readonly outputs: TensorMap;
}
