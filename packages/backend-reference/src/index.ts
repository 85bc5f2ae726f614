export { createTrainer } from "./create-trainer.ts";
export { erf } from "./erf.ts";
export { evaluate } from "./evaluate.ts";
export { referenceBackend } from "./reference-backend.ts";
