/** A tensor of ONNX Runtime's JavaScript API, as far as it is used here. */
export interface RuntimeTensor {
  readonly data: unknown;
}

/** Element types that cross the border. */
export type RuntimeType = "float32" | "int32" | "bool";

/** An inference session. */
export interface RuntimeSession {
  run(
    feeds: Readonly<Record<string, RuntimeTensor>>,
    fetches: readonly string[] | Readonly<Record<string, RuntimeTensor | null>>,
  ): Promise<Readonly<Record<string, RuntimeTensor>>>;
  release(): Promise<void>;
}

/**
 * The part of ONNX Runtime's JavaScript API that a backend needs: the modules onnxruntime-node, onnxruntime-web and
 * onnxruntime-react-native have it. A structural type, so that theirs stay out of our declarations.
 */
export interface Runtime {
  readonly InferenceSession: { create(model: Uint8Array, options?: object): Promise<RuntimeSession> };
  readonly Tensor: new (
    type: RuntimeType,
    data: Float32Array | Int32Array | Uint8Array,
    dims: readonly number[],
  ) => RuntimeTensor;
}

/** How one build of ONNX Runtime behaves; each subpath of this package has its own. */
export interface RuntimeAdapter {
  /** Name of the backend. */
  readonly name: string;
  readonly runtime: Runtime;
  /** Version of the runtime, for the report. */
  readonly version: string;
  /** Threads of one operation, for the report; called when a first session has worked. */
  readonly threads: () => number;
  /** Execution providers in order of preference, at least one. */
  readonly providers: readonly string[];
  /** `InferenceSession.SessionOptions` for sessions of a provider. */
  readonly sessionOptions: (provider: string) => object;
  /** Whether results are written into preallocated tensors; where not, they are copied. */
  readonly writesOutputs: boolean;
  /** Whether one session of the runtime may work at a time only, as where all share one WebAssembly stack. */
  readonly oneSessionAtATime: boolean;
}
