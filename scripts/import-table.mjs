/**
 * Who may import whom (ARCHITECTURE.md, "The packages"). Keys are folders below `packages/` and `apps/`; `may` lists the
 * `@thawline` packages that the sources may import, "anything" is for apps. A package that is not listed here fails the
 * check, so that a new one gets its row on purpose. `platform` is where the sources must run:
 *
 * - `language`: ECMAScript alone; no Node built-in and no global of Node or the DOM.
 * - `any`: Node and browsers; Node built-ins only in `node.ts` and `*-node.ts`, globals only of both (web workers' set).
 * - `node`, `browser`: that one.
 *
 * @type {Readonly<Record<string, { may: readonly string[] | "anything", platform: "language" | "any" | "node" | "browser" }>>}
 */
export const importTable = {
  core: { may: [], platform: "language" },
  autodiff: { may: ["core"], platform: "any" },
  onnx: { may: ["core"], platform: "any" },
  heads: { may: ["core"], platform: "any" },
  analysis: { may: ["core"], platform: "any" },
  "backend-reference": { may: ["core", "autodiff"], platform: "any" },
  "backend-cpu": { may: ["core", "autodiff"], platform: "any" },
  "backend-tfjs": { may: ["core"], platform: "any" },
  "backend-tfjs-node": { may: ["core", "backend-tfjs"], platform: "node" },
  "backend-tfjs-web": { may: ["core", "backend-tfjs"], platform: "browser" },
  "backend-onnxruntime": { may: ["core", "autodiff", "onnx"], platform: "any" },
  conformance: { may: ["core", "autodiff", "heads", "analysis", "backend-reference"], platform: "any" },
  vectors: { may: ["core"], platform: "any" },
  text: { may: ["core"], platform: "any" },
  report: { may: ["core", "analysis"], platform: "any" },
  cli: { may: "anything", platform: "node" },
  playground: { may: "anything", platform: "browser" },
  bench: { may: "anything", platform: "node" },
};
