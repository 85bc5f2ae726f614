import { differentiate } from "@thawline/autodiff";
import { referenceBackend } from "@thawline/backend-reference";
import {
  type AnyNode,
  type Backend,
  createEmbeddingTable,
  createTrainer,
  type DriftReport,
  type Executable,
  exampleCount,
  type Graph,
  plainArena,
  type StepResult,
  type Tensor,
  type TensorMap,
  UnsupportedOpError,
} from "@thawline/core";
import type { ConformanceTarget } from "../../src/index.ts";

type RunOf = (
  feeds: TensorMap,
  run: Executable["run"],
  options?: Parameters<Executable["run"]>[1],
) => Promise<StepResult>;

/** The reference with another `run`; `makeRun` is called once an executable. */
function withRun(makeRun: () => RunOf): ConformanceTarget {
  const inner = referenceBackend();
  const backend: Backend = {
    ...inner,
    compile: async (graph, request) => {
      const executable = await inner.compile(graph, request);
      const run = makeRun();
      return { ...executable, run: (feeds, options) => run(feeds, (f, o) => executable.run(f, o), options) };
    },
  };
  return { backend };
}

/** The reference with its gradients changed. */
const withGradients = (change: (gradient: Tensor, name: string) => Tensor): ConformanceTarget =>
  withRun(() => async (feeds, run, options) => {
    const result = await run(feeds, options);
    // In place, since a trainer reads the arrays that it gave.
    for (const [name, gradient] of Object.entries(result.gradients)) {
      (gradient.data as Float64Array).set(change(gradient, name).data);
    }
    return result;
  });

const mapped = (value: Tensor, f: (x: number, i: number) => number): Tensor => ({
  ...value,
  data: Float64Array.from(value.data, f),
});

function transposed(value: Tensor): Tensor {
  if (value.shape.length !== 2) return value;
  const [rows, columns] = value.shape as [number, number];
  return mapped(value, (_, i) => value.data[(i % rows) * columns + Math.floor(i / rows)]!);
}

/** In the backward part of a graph, a sum over axes becomes the first element along them. */
function takeFirstInsteadOfSum(graph: Graph, forwardNodes: number): Graph {
  const shapes = new Map(
    [...graph.inputs, ...graph.constants, ...graph.nodes.map((node) => node.output)].map((v) => [v.name, v.shape]),
  );
  const nodes = graph.nodes.flatMap((node, index): AnyNode[] => {
    if (node.op !== "ReduceSum" || index < forwardNodes) return [node];
    const shape = shapes.get(node.inputs[0]!)!;
    const kept = shape.map((extent, axis) => (node.attributes.axes.includes(axis) ? Math.min(1, extent) : extent));
    const sliced = { name: `${node.output.name}.first`, dtype: "float", shape: kept } as const;
    return [
      { op: "Slice", inputs: node.inputs, output: sliced, attributes: { starts: shape.map(() => 0), ends: kept } },
      { op: "Reshape", inputs: [sliced.name], output: node.output, attributes: { shape: node.output.shape } },
    ];
  });
  return { ...graph, nodes };
}

function missingUnBroadcast(): ConformanceTarget {
  const inner = referenceBackend();
  const backend: Backend = {
    ...inner,
    compile: async (graph, request = {}) => {
      const { loss, wrt = [], fetch } = request;
      if (loss === undefined) return inner.compile(graph, request);
      const backward = differentiate(graph, { loss, wrt });
      const broken = takeFirstInsteadOfSum(backward.graph, graph.nodes.length);
      const names = [...(fetch ?? graph.outputs), loss, ...wrt.map((name) => backward.gradients[name]!)];
      const executable = await inner.compile(broken, { fetch: [...new Set(names)] });
      return {
        ...executable,
        run: async (feeds) => {
          const { outputs } = await executable.run(feeds);
          return {
            loss: outputs[loss]!.data[0]!,
            outputs: Object.fromEntries((fetch ?? graph.outputs).map((name) => [name, outputs[name]!])),
            gradients: Object.fromEntries(wrt.map((name) => [name, outputs[backward.gradients[name]!]!])),
          };
        },
      };
    },
  };
  return { backend };
}

/** A trainer whose rows get the gradient of the last of their repeats only. */
const forgetsRepeatedIds: typeof createTrainer = (options) => {
  const arena = plainArena();
  const { table } = options;
  const kernels: typeof arena.kernels = {
    ...arena.kernels,
    scatterAdd: (dX, { groups, offsets, index, weights }, place, sums, dimension) => {
      for (let g = 0; g < groups; g++) {
        for (let e = offsets[g]!; e < offsets[g + 1]!; e++) {
          const row = index[e]! < 0 ? -1 : place[index[e]!]!;
          for (let d = 0; row >= 0 && d < dimension; d++) {
            sums[row * dimension + d] = weights[e]! * dX[g * dimension + d]!;
          }
        }
      }
    },
  };
  return createTrainer({
    ...options,
    table: createEmbeddingTable({
      anchor: table.anchor,
      dimension: table.dimension,
      activeRows: table.activeRows,
      arena: { ...arena, kernels },
    }),
  });
};

const dropsPartialBatches: typeof createTrainer = async (options) => {
  const trainer = await createTrainer(options);
  return {
    ...trainer,
    step: async (batch) =>
      exampleCount(batch) < options.batchSize
        ? { loss: 0, step: trainer.state.step, learningRates: {} }
        : trainer.step(batch),
  };
};

/** Freezing by setting gradients to zero: decay still moves the rows. */
const decaysFrozenRows: typeof createTrainer = async (options) => {
  const trainer = await createTrainer(options);
  const { overlay } = trainer.table;
  return {
    ...trainer,
    step: async (batch) => {
      const report = await trainer.step(batch);
      if (options.optimizer.weightDecay !== undefined) for (let i = 0; i < overlay.length; i++) overlay[i]! *= 0.999;
      return report;
    },
  };
};

/** Drift as a cosine instead of a cosine distance. */
const reportsCosine: typeof createTrainer = async (options) => {
  const trainer = await createTrainer(options);
  const drift = (): DriftReport => ({ ...trainer.drift(), meanCosineDistance: 1 - trainer.drift().meanCosineDistance });
  return { ...trainer, drift };
};

/** A trainer that takes no notice of some options. */
const ignores =
  (...names: readonly (keyof Parameters<typeof createTrainer>[0])[]): typeof createTrainer =>
  (options) =>
    createTrainer(
      Object.fromEntries(Object.entries(options).filter(([name]) => !names.includes(name as never))) as typeof options,
    );

/** L2-SP for the rows of a step alone: absent ones stay where they are. */
const pullsOnlyLookedUpRows: typeof createTrainer = (options) =>
  createTrainer(options.pull?.type === "l2-sp" ? { ...options, pull: { ...options.pull, coupled: true } } : options);

/** A guard that looks at every other step alone: what it is to hold may be exceeded for one. */
const guardsEveryOtherStep: typeof createTrainer = (options) =>
  createTrainer(options.guard === undefined ? options : { ...options, guard: { ...options.guard, checkEvery: 2 } });

/** Rates of rows multiply nothing. */
const ignoresRowRates: typeof createTrainer = ({ policy, ...options }) =>
  createTrainer({
    ...options,
    ...(policy === undefined
      ? {}
      : { policy: { ...policy, phases: policy.phases.map(({ rowRates: _, ...phase }) => phase) } }),
  });

function claimsAnOpItLacks(): ConformanceTarget {
  const inner = referenceBackend();
  return {
    backend: {
      ...inner,
      compile: (graph, request) => {
        if (graph.nodes.some((node) => node.op === "Erf")) throw new UnsupportedOpError("Erf", "broken");
        return inner.compile(graph, request);
      },
    },
  };
}

/** A fault, and ids of cases that have to name it. */
export interface BrokenTarget {
  readonly fault: string;
  readonly target: () => ConformanceTarget;
  readonly caughtBy: readonly string[];
}

/** The eleven faults of a backend that the suite must see, and those of a trainer. */
export const brokenTargets: readonly BrokenTarget[] = [
  {
    fault: "gradient × 1.01",
    target: () => withGradients((gradient) => mapped(gradient, (x) => x * 1.01)),
    caughtBy: ["gradient/MatMul/matrix", "gradient/Add/same", "head/linear/plain", "loss/softmax-cross-entropy/hard"],
  },
  {
    fault: "zero gradient",
    target: () => withGradients((gradient) => mapped(gradient, () => 0)),
    caughtBy: ["gradient/MatMul/matrix", "gradient/Tanh/matrix", "trajectory/sgd"],
  },
  {
    fault: "transposed weight gradient",
    target: () => withGradients((gradient, name) => (/weight|^b$/.test(name) ? transposed(gradient) : gradient)),
    caughtBy: ["gradient/MatMul/transposed-right", "head/linear/plain"],
  },
  {
    fault: "missing un-broadcast",
    target: missingUnBroadcast,
    caughtBy: ["edge/un-broadcast-row", "edge/un-broadcast-scalar", "edge/un-broadcast-middle", "gradient/Add/row"],
  },
  {
    fault: "forgets repeated ids",
    target: () => ({ backend: referenceBackend(), createTrainer: forgetsRepeatedIds }),
    caughtBy: ["trajectory/repeated-ids"],
  },
  {
    fault: "mask ignored",
    target: () =>
      withRun(() => (feeds, run, options) => {
        const { mask } = feeds;
        return run(mask === undefined ? feeds : { ...feeds, mask: mapped(mask, () => 1) }, options);
      }),
    caughtBy: ["head/cnn/valid", "head/attention/plain"],
  },
  {
    fault: "NaN swallowed",
    target: () =>
      withRun(() => async (feeds, run, options) => {
        const result = await run(feeds, options);
        const clean = (values: TensorMap): TensorMap =>
          Object.fromEntries(
            Object.entries(values).map(([name, value]) => [name, mapped(value, (x) => (Number.isNaN(x) ? 0 : x))]),
          );
        return {
          ...(result.loss === undefined ? {} : { loss: Number.isNaN(result.loss) ? 0 : result.loss }),
          gradients: clean(result.gradients),
          outputs: clean(result.outputs),
        };
      }),
    caughtBy: ["contract/nan-is-not-swallowed"],
  },
  {
    fault: "returns last run's gradient",
    target: () =>
      withRun(() => {
        let last: TensorMap | undefined;
        return async (feeds, run, options) => {
          const result = await run(feeds, options);
          const gradients = last ?? result.gradients;
          last = result.gradients;
          return { ...result, gradients };
        };
      }),
    caughtBy: ["contract/each-run-is-its-own"],
  },
  {
    fault: "mutates feeds",
    target: () =>
      withRun(() => async (feeds, run, options) => {
        const result = await run(feeds, options);
        for (const value of Object.values(feeds)) value.data[0]! += 1;
        return result;
      }),
    caughtBy: ["contract/feeds-unchanged"],
  },
  {
    fault: "claims an op it lacks",
    target: claimsAnOpItLacks,
    caughtBy: ["forward/Erf/matrix", "gradient/Erf/matrix"],
  },
  {
    fault: "drops the last partial batch",
    target: () => ({ backend: referenceBackend(), createTrainer: dropsPartialBatches }),
    caughtBy: ["trajectory/last-partial-batch"],
  },
  {
    fault: "decay moves frozen rows",
    target: () => ({ backend: referenceBackend(), createTrainer: decaysFrozenRows }),
    caughtBy: ["freeze/all-rows", "freeze/row-rule-lazy"],
  },
  {
    fault: "drift reported as cosine",
    target: () => ({ backend: referenceBackend(), createTrainer: reportsCosine }),
    caughtBy: ["drift/linear-sgd-100-steps"],
  },
  {
    fault: "pull ignored",
    target: () => ({ backend: referenceBackend(), createTrainer: ignores("pull") }),
    caughtBy: ["trajectory/pull-l2-sp", "trajectory/pull-recadam-sigmoid", "trajectory/pull-mixout"],
  },
  {
    fault: "absent rows not pulled",
    target: () => ({ backend: referenceBackend(), createTrainer: pullsOnlyLookedUpRows }),
    caughtBy: ["trajectory/pull-l2-sp", "trajectory/pull-l2-sp-long-absence"],
  },
  {
    fault: "trust region and embedding dropout ignored",
    target: () => ({ backend: referenceBackend(), createTrainer: ignores("trustRegion", "embeddingDropout") }),
    caughtBy: ["trajectory/trust-region-cosine", "trajectory/trust-region-l2", "trajectory/embedding-dropout"],
  },
  {
    fault: "drift guard ignored",
    target: () => ({ backend: referenceBackend(), createTrainer: ignores("guard") }),
    caughtBy: [
      "drift/guard-warn",
      "drift/guard-refreeze",
      "drift/guard-slow",
      "drift/guard-rollback",
      "drift/guard-stop",
    ],
  },
  {
    fault: "drift guard looks too late",
    target: () => ({ backend: referenceBackend(), createTrainer: guardsEveryOtherStep }),
    caughtBy: ["drift/guard-refreeze-max-l2", "drift/guard-slow", "drift/guard-stop"],
  },
  {
    fault: "row rates ignored",
    target: () => ({ backend: referenceBackend(), createTrainer: ignoresRowRates }),
    caughtBy: ["freeze/row-rates"],
  },
];
