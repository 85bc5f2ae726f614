/** A backend that runs in a page, named as data: the harness imports no backend itself. */
export interface BrowserBackend {
  /** What it calls itself. */
  readonly name: string;
  /** Specifier of the module that makes it. */
  readonly module: string;
  /** The module's export that makes it. */
  readonly factory: string;
  /** Argument of the factory. A string "package:NAME/PATH" becomes the URL of that file or folder of a package. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** Packages that must be installed for it, besides the module's own. */
  readonly runtimes?: readonly string[];
}

const tfjs = (device: string, more: Partial<BrowserBackend> = {}): BrowserBackend => ({
  name: `tfjs-${device}`,
  module: "@thawline/backend-tfjs-web",
  factory: "tfjsWebBackend",
  ...more,
  options: { prefer: [device], ...more.options },
  runtimes: ["@tensorflow/tfjs", ...(more.runtimes ?? [])],
});

const onnxruntimeWeb = (provider: string): BrowserBackend => ({
  name: `onnxruntime-web-${provider}`,
  module: "@thawline/backend-onnxruntime/web",
  factory: "onnxruntimeWebBackend",
  options: { provider },
  runtimes: ["onnxruntime-web"],
});

/** Thawline's own backends for browsers. */
export const browserBackends: readonly BrowserBackend[] = Object.freeze([
  tfjs("wasm", {
    options: { wasmPaths: "package:@tensorflow/tfjs-backend-wasm/dist/" },
    runtimes: ["@tensorflow/tfjs-backend-wasm"],
  }),
  tfjs("webgl"),
  tfjs("webgpu", { runtimes: ["@tensorflow/tfjs-backend-webgpu"] }),
  tfjs("cpu"),
  onnxruntimeWeb("wasm"),
  onnxruntimeWeb("webgpu"),
]);
