export { createTrainer } from "./create-trainer.ts";
export type { WebDevice } from "./devices.ts";
export { type TfjsWebBackend, type TfjsWebBackendOptions, tfjsWebBackend } from "./tfjs-web-backend.ts";
