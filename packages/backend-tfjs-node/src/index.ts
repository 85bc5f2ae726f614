export { createTrainer } from "./create-trainer.ts";
export { tfjsNodeBackend } from "./tfjs-node-backend.ts";
