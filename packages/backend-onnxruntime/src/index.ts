export { createOnnxruntimeBackend, type OnnxruntimeBackend, type RuntimeReport } from "./onnxruntime-backend.ts";
export type { RejectedProvider } from "./probe-providers.ts";
export type { Runtime, RuntimeAdapter, RuntimeSession, RuntimeTensor, RuntimeType } from "./runtime.ts";
