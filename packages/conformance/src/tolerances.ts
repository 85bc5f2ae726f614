import type { Backend } from "@thawline/core";

/** Largest error (measure of `relativeError`) by precision. The only place where tolerances stand. */
const byPrecision = { f64: 1e-10, f32: 1e-5, f16: 1e-4 } as const;

/** Backends whose float32 arithmetic is that of a graphics processor. */
const graphics: readonly string[] = ["tfjs-webgl", "tfjs-webgpu", "onnxruntime-web-webgpu"];

/** Tolerance that a backend is held to. */
export function toleranceOf(backend: Pick<Backend, "name" | "supports">): number {
  return graphics.includes(backend.name) ? 1e-4 : byPrecision[backend.supports.precision];
}
