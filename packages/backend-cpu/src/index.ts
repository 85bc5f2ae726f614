export { cpuBackend } from "./cpu-backend.ts";
