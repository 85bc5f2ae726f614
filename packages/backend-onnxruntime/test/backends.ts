import { afterAll } from "vitest";
import { onnxruntimeNodeBackend } from "../src/node.ts";
import type { OnnxruntimeBackend } from "../src/onnxruntime-backend.ts";
import { onnxruntimeWebBackend } from "../src/web.ts";

/** What the tests of this package run on; the browser's providers are tested in one, with the conformance suite. */
export const backends: readonly (readonly [name: string, create: () => Promise<OnnxruntimeBackend>])[] = [
  ["onnxruntime-node", () => onnxruntimeNodeBackend()],
  ["onnxruntime-web-wasm", () => onnxruntimeWebBackend({ provider: "wasm" })],
];

/** One backend for a file of tests, closed after them. */
export function sharedBackend(create: () => Promise<OnnxruntimeBackend>): () => Promise<OnnxruntimeBackend> {
  let backend: Promise<OnnxruntimeBackend> | undefined;
  afterAll(async () => (await backend)?.close());
  return () => (backend ??= create());
}
