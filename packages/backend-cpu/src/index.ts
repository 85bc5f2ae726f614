export { cpuBackend } from "./cpu-backend.ts";
export { createTrainer } from "./create-trainer.ts";
