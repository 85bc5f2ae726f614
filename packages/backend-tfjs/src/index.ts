export type { TensorFlow } from "./tensorflow.ts";
export { type TfjsBackendOptions, tfjsBackend } from "./tfjs-backend.ts";
