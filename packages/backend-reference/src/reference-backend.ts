import { differentiate, eliminateDeadNodes } from "@thawline/autodiff";
import {
  type Backend,
  BackendError,
  type CompileRequest,
  type Executable,
  type Graph,
  opNames,
  type StepResult,
  type Tensor,
  type TensorMap,
} from "@thawline/core";
import { evaluate } from "./evaluate.ts";

const name = "reference";

const copyOf = (value: Tensor): Tensor => ({ ...value, data: value.data.slice() }) as Tensor;

/** Writes `value` to the caller's array where there is one. */
function deliver(value: Tensor, target: Tensor | undefined): Tensor {
  if (target === undefined) return value;
  target.data.set(value.data);
  return target;
}

/**
 * The reference backend: float64, plain loops, no cleverness. Its kernels are the definition of every op, and gradients
 * are those of `differentiate`, evaluated as they stand. An oracle for tests and for `conformance`: right, not fast.
 * Needs no `checked` wrapper to be correct, and validates nothing itself.
 */
export function referenceBackend(): Backend {
  let closed = false;
  return {
    specVersion: 1,
    name,
    supports: { ops: opNames, precision: "f64", bitReproducible: true, concurrentRuns: true },
    compile: async (graph, request = {}) => {
      if (closed) throw new BackendError("BACKEND_CLOSED", name, "it is closed; make a new one");
      return createExecutable(graph, request, () => closed);
    },
    close: async () => {
      closed = true;
    },
  };
}

function createExecutable(graph: Graph, request: CompileRequest, backendClosed: () => boolean): Executable {
  const { loss, wrt = [], fetch = graph.outputs } = request;
  const program = loss !== undefined && wrt.length > 0 ? differentiate(graph, { loss, wrt }) : { graph, gradients: {} };
  const gradientNames: Readonly<Record<string, string>> = program.gradients;
  const wanted = new Set([...(loss === undefined ? [] : [loss]), ...fetch, ...Object.values(gradientNames)]);
  const pruned = eliminateDeadNodes(program.graph, [...wanted]);
  const resident: Record<string, Tensor> = {};
  let closed = false;
  const assertOpen = (): void => {
    if (closed || backendClosed()) throw new BackendError("BACKEND_CLOSED", name, "this executable is closed");
  };

  return {
    set: async (values) => {
      assertOpen();
      for (const [input, value] of Object.entries(values)) resident[input] = copyOf(value);
    },
    run: async (feeds, options): Promise<StepResult> => {
      assertOpen();
      const values = evaluate(pruned, { ...resident, ...feeds });
      const into = options?.into;
      const gradients: TensorMap = Object.fromEntries(
        wrt.map((input) => [input, deliver(copyOf(values[gradientNames[input]]), into?.gradients?.[input])]),
      );
      const outputs: TensorMap = Object.fromEntries(
        fetch.map((output) => [output, deliver(values[output], into?.outputs?.[output])]),
      );
      return loss === undefined ? { gradients, outputs } : { loss: values[loss].data[0], gradients, outputs };
    },
    close: async () => {
      closed = true;
    },
  };
}
