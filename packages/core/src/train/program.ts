import type { Backend, Executable } from "../backend.ts";
import type { Allocate, FloatPrecision } from "../embedding/allocate.ts";
import { type FloatArray, floatTensor, sizeOf, type TensorMap } from "../tensor.ts";
import type { BatchShape, Head, HeadGraph } from "./head.ts";

/** A head compiled for one batch shape and one set of trainable inputs, with every array that its steps use. */
export interface Program {
  readonly shape: BatchShape;
  readonly head: HeadGraph;
  readonly executable: Executable;
  readonly feeds: TensorMap;
  /** Embedding inputs, masks, targets, weights and dropout masks by input name; the trainer writes to them. */
  readonly buffers: Readonly<Record<string, FloatArray>>;
  /** Gradients by input name, written by the backend. */
  readonly gradients: Readonly<Record<string, FloatArray>>;
  readonly into: { readonly gradients: TensorMap; readonly outputs: TensorMap };
  /** `[B, C]`, written by the backend. */
  readonly logits: FloatArray;
}

/** What a program is compiled for. */
export interface ProgramRequest {
  readonly mode: "train" | "predict";
  readonly shape: BatchShape;
  /** Inputs whose gradient is wanted: none of a frozen group, so that its backward pass is never built. */
  readonly wrt: readonly string[];
}

/** Compiles `head` and allocates once what each step will use. Parameters are fed in place from `parameters`. */
export async function createProgram(
  context: {
    readonly backend: Backend;
    readonly head: Head;
    readonly parameters: Readonly<Record<string, FloatArray>>;
    readonly precision: FloatPrecision;
    readonly allocate: Allocate;
  },
  { mode, shape, wrt }: ProgramRequest,
): Promise<Program> {
  const { backend, head, parameters, precision, allocate } = context;
  const built = head.build(shape, mode);
  const executable = await backend.compile(built.graph, {
    ...(built.loss === undefined ? {} : { loss: built.loss, wrt }),
    fetch: [built.logits],
  });
  const buffers: Record<string, FloatArray> = {};
  const feeds: Record<string, TensorMap[string]> = {};
  const gradients: Record<string, FloatArray> = {};
  const gradientTensors: Record<string, TensorMap[string]> = {};
  for (const input of built.graph.inputs) {
    const data = parameters[input.name] ?? (buffers[input.name] = allocate(precision, sizeOf(input.shape)));
    feeds[input.name] = floatTensor(input.shape, data);
    if (!wrt.includes(input.name)) continue;
    gradients[input.name] = allocate(precision, sizeOf(input.shape));
    gradientTensors[input.name] = floatTensor(input.shape, gradients[input.name]!);
  }
  const logitsShape = [shape.examples, head.classes];
  const logits = allocate(precision, sizeOf(logitsShape));
  return {
    shape,
    head: built,
    executable,
    feeds,
    buffers,
    gradients,
    into: { gradients: gradientTensors, outputs: { [built.logits]: floatTensor(logitsShape, logits) } },
    logits,
  };
}
