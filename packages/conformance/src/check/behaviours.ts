import {
  type Backend,
  checked,
  createGraphBuilder,
  type Executable,
  type Graph,
  opNames,
  type TensorMap,
  ThawlineError,
} from "@thawline/core";
import { relativeError } from "../measure.ts";
import { toleranceOf } from "../tolerances.ts";
import { feedsOf } from "./feeds.ts";
import { type ConformanceTarget, isDouble } from "./target.ts";

/** Checks one promise of the contract; says what is wrong, or nothing. */
export type Behaviour = (target: ConformanceTarget) => Promise<string | undefined>;

/** loss = Σ (x · wᵀ)², small enough to know by hand. */
function quadratic(): Graph {
  const g = createGraphBuilder();
  const x = g.input("x", "float", [2, 3]);
  const w = g.input("w", "float", [4, 3]);
  const y = g.matMul(x, g.transpose(w, [1, 0]), "y");
  return g.build([y, g.sum(g.mul(y, y), [0, 1], false, "loss")]);
}

const request = { loss: "loss", wrt: ["x", "w"], fetch: ["y"] } as const;
const first = { x: { seed: 1, low: -1, high: 1 }, w: { seed: 2, low: -1, high: 1 } } as const;
const second = { x: { seed: 3, low: -1, high: 1 }, w: { seed: 4, low: -1, high: 1 } } as const;

interface Opened {
  readonly executable: Executable;
  readonly a: TensorMap;
  readonly b: TensorMap;
}

async function open(backend: Backend): Promise<Opened> {
  const graph = quadratic();
  return {
    executable: await backend.compile(graph, request),
    a: feedsOf(graph, first, isDouble(backend)),
    b: feedsOf(graph, second, isDouble(backend)),
  };
}

/** Y, the loss and both gradients of `quadratic`, from the definition: dX = 2 Y W, dW = 2 Yᵀ X. */
function closedForm({ x, w }: TensorMap): Record<string, number[]> {
  const [X, W] = [x!.data, w!.data];
  const y = Array.from({ length: 8 }, (_, i) => {
    const [b, c] = [Math.floor(i / 4), i % 4];
    return [0, 1, 2].reduce((sum, d) => sum + X[b * 3 + d]! * W[c * 3 + d]!, 0);
  });
  const dX = Array.from({ length: 6 }, (_, i) => {
    const [b, d] = [Math.floor(i / 3), i % 3];
    return [0, 1, 2, 3].reduce((sum, c) => sum + 2 * y[b * 4 + c]! * W[c * 3 + d]!, 0);
  });
  const dW = Array.from({ length: 12 }, (_, i) => {
    const [c, d] = [Math.floor(i / 3), i % 3];
    return [0, 1].reduce((sum, b) => sum + 2 * y[b * 4 + c]! * X[b * 3 + d]!, 0);
  });
  return { y, loss: [y.reduce((sum, value) => sum + value * value, 0)], x: dX, w: dW };
}

type Result = Awaited<ReturnType<Executable["run"]>>;

function deviates(backend: Backend, result: Result, feeds: TensorMap): boolean {
  const expected = closedForm(feeds);
  const bound = toleranceOf(backend);
  return (
    relativeError([result.loss ?? Number.NaN], expected.loss!) > bound ||
    relativeError(result.outputs.y?.data ?? [], expected.y!) > bound ||
    relativeError(result.gradients.x?.data ?? [], expected.x!) > bound ||
    relativeError(result.gradients.w?.data ?? [], expected.w!) > bound
  );
}

const copyOf = (feeds: TensorMap): number[][] => Object.values(feeds).map((value) => Array.from(value.data));
const bitsOf = (result: Result): string =>
  JSON.stringify([
    result.loss,
    ...Object.values({ ...result.outputs, ...result.gradients }).map((value) => Array.from(value.data)),
  ]);

async function codeOf(work: () => Promise<unknown>): Promise<string> {
  try {
    await work();
    return "nothing";
  } catch (error) {
    return ThawlineError.isInstance(error) ? error.code : `${error}`;
  }
}

/** Every promise, by name. */
export const behaviours: Readonly<Record<string, Behaviour>> = {
  "feeds-unchanged": async ({ backend }) => {
    const { executable, a } = await open(backend);
    const before = copyOf(a);
    await executable.run(a);
    await executable.close();
    return JSON.stringify(before) === JSON.stringify(copyOf(a)) ? undefined : "run wrote to its feeds";
  },
  "results-outlive-next-run": async ({ backend }) => {
    const { executable, a, b } = await open(backend);
    const result = await executable.run(a);
    const bits = bitsOf(result);
    await executable.run(b);
    await executable.close();
    return bitsOf(result) === bits ? undefined : "a later run or close changed the results of an earlier one";
  },
  "each-run-is-its-own": async ({ backend }) => {
    const { executable, a, b } = await open(backend);
    await executable.run(a);
    const result = await executable.run(b);
    await executable.close();
    return deviates(backend, result, b) ? "the second run's results are not those of its feeds" : undefined;
  },
  "into-is-written": async ({ backend }) => {
    const { executable, a, b } = await open(backend);
    const fresh = await executable.run(a);
    const again = await executable.run(b, { into: { gradients: fresh.gradients, outputs: fresh.outputs } });
    await executable.close();
    if (again.gradients.x?.data !== fresh.gradients.x?.data || again.outputs.y?.data !== fresh.outputs.y?.data) {
      return "results are not in the caller's arrays";
    }
    return deviates(backend, again, b) ? "the caller's arrays hold other numbers than the run's" : undefined;
  },
  "into-may-be-partial": async ({ backend }) => {
    const { executable, a, b } = await open(backend);
    const fresh = await executable.run(a);
    const again = await executable.run(b, { into: { gradients: { w: fresh.gradients.w! } } });
    await executable.close();
    return deviates(backend, again, b) ? "with one array given the results are wrong" : undefined;
  },
  "set-stays": async ({ backend }) => {
    const { executable, a, b } = await open(backend);
    await executable.set({ w: a.w! });
    await executable.run({ x: b.x! });
    const result = await executable.run({ x: a.x! });
    await executable.close();
    return deviates(backend, result, a) ? "an input that was set is not what was set" : undefined;
  },
  "set-copies": async ({ backend }) => {
    const { executable, a } = await open(backend);
    const kept = feedsOf(quadratic(), first, isDouble(backend));
    await executable.set({ w: a.w! });
    a.w!.data.fill(0);
    const result = await executable.run({ x: kept.x! });
    await executable.close();
    return deviates(backend, result, kept) ? "writing to an array after set changed the input" : undefined;
  },
  "feed-overrides-set-once": async ({ backend }) => {
    const { executable, a, b } = await open(backend);
    await executable.set({ w: a.w! });
    const over = await executable.run(b);
    const after = await executable.run({ x: a.x! });
    await executable.close();
    if (deviates(backend, over, b)) return "a feed does not override a set input";
    return deviates(backend, after, a) ? "a feed that overrode a set input stayed" : undefined;
  },
  "concurrent-runs": async ({ backend }) => {
    const { executable, a, b } = await open(backend);
    const results = await Promise.all([a, b, a, b, a].map((feeds) => executable.run(feeds)));
    await executable.close();
    const wrong = results.filter((result, i) => deviates(backend, result, i % 2 === 0 ? a : b)).length;
    return wrong === 0 ? undefined : `${wrong} of 5 runs started together have wrong results`;
  },
  "executables-are-independent": async ({ backend }) => {
    const one = await open(backend);
    const two = await open(backend);
    await one.executable.set({ w: one.a.w! });
    await two.executable.set({ w: two.b.w! });
    await two.executable.run({ x: two.b.x! });
    const result = await one.executable.run({ x: one.a.x! });
    await one.executable.close();
    const after = await two.executable.run({ x: two.b.x! });
    await two.executable.close();
    if (deviates(backend, result, one.a)) return "another executable's inputs are seen";
    return deviates(backend, after, two.b) ? "closing one executable broke another" : undefined;
  },
  "closed-executable-refuses": async ({ backend }) => {
    const { executable, a } = await open(backend);
    await executable.close();
    await executable.close();
    const code = await codeOf(() => executable.run(a));
    return code === "BACKEND_CLOSED" ? undefined : `run after close gave ${code}, not BACKEND_CLOSED`;
  },
  "an-error-leaves-no-trace": async ({ backend }) => {
    const wrapped = checked(backend);
    const { executable, a, b } = await open(wrapped);
    await executable.run(a);
    const missing = await codeOf(() => executable.run({ x: a.x! }));
    const foreign = await codeOf(() => executable.run({ ...a, z: a.x! }));
    const misshapen = await codeOf(() => executable.run({ x: a.w!, w: a.w! }));
    const result = await executable.run(b);
    await executable.close();
    if (missing !== "FEED_MISSING") return `a missing feed gave ${missing}`;
    if (foreign !== "FEED_UNKNOWN") return `an unknown feed gave ${foreign}`;
    if (misshapen !== "FEED_MISMATCH") return `a feed of another shape gave ${misshapen}`;
    return deviates(backend, result, b) ? "after errors the results are wrong" : undefined;
  },
  "inference-has-no-loss": async ({ backend }) => {
    const graph = quadratic();
    const executable = await backend.compile(graph, { fetch: ["y"] });
    const feeds = feedsOf(graph, first, isDouble(backend));
    const { loss, gradients, outputs } = await executable.run(feeds);
    await executable.close();
    if (loss !== undefined) return "a program without loss returned one";
    if (Object.keys(gradients).length > 0) return "a program without wrt returned gradients";
    return relativeError(outputs.y?.data ?? [], closedForm(feeds).y!) > toleranceOf(backend)
      ? "wrong output"
      : undefined;
  },
  "frozen-inputs-cost-no-gradient": async ({ backend }) => {
    const graph = quadratic();
    const executable = await backend.compile(graph, { loss: "loss", wrt: ["w"], fetch: [] });
    const feeds = feedsOf(graph, first, isDouble(backend));
    const { gradients } = await executable.run(feeds);
    await executable.close();
    const names = Object.keys(gradients);
    if (names.length !== 1 || names[0] !== "w") return `asked for the gradient of w, got ${names.join(", ") || "none"}`;
    return relativeError(gradients.w!.data, closedForm(feeds).w!) > toleranceOf(backend) ? "wrong gradient" : undefined;
  },
  "unused-input-has-zero-gradient": async ({ backend }) => {
    const g = createGraphBuilder();
    const x = g.input("x", "float", [3]);
    g.input("idle", "float", [2, 2]);
    const graph = g.build([g.sum(g.mul(x, x), [0], false, "loss")]);
    const executable = await backend.compile(graph, { loss: "loss", wrt: ["x", "idle"] });
    const feeds = feedsOf(graph, { x: { data: [1, 2, 3] }, idle: { data: [1, 2, 3, 4] } }, isDouble(backend));
    const { gradients } = await executable.run(feeds);
    await executable.close();
    if (relativeError(gradients.x?.data ?? [], [2, 4, 6]) > toleranceOf(backend)) return "the gradient of x is not 2x";
    return relativeError(gradients.idle?.data ?? [], [0, 0, 0, 0]) === 0
      ? undefined
      : "the gradient of an unused input is not 0";
  },
  "same-bits-again": async ({ backend }) => {
    if (!backend.supports.bitReproducible) return undefined;
    const { executable, a } = await open(backend);
    const bits = bitsOf(await executable.run(a));
    for (let i = 0; i < 5; i++) {
      if (bitsOf(await executable.run(a)) !== bits) return "says bitReproducible, but equal runs differ";
    }
    await executable.close();
    return undefined;
  },
  "nan-is-not-swallowed": async ({ backend }) => {
    const { executable, a } = await open(backend);
    a.x!.data[0] = Number.NaN;
    const { loss, gradients } = await executable.run(a);
    await executable.close();
    if (!Number.isNaN(loss)) return `with a NaN input the loss is ${loss}`;
    return Array.from(gradients.w!.data).some(Number.isNaN) ? undefined : "with a NaN input the gradient has none";
  },
  "infinity-is-not-swallowed": async ({ backend }) => {
    const { executable, a } = await open(backend);
    a.x!.data[0] = Number.POSITIVE_INFINITY;
    const { loss } = await executable.run(a);
    await executable.close();
    return Number.isFinite(loss) ? `with an infinite input the loss is ${loss}` : undefined;
  },
  "supports-is-sound": async ({ backend }) => {
    const unknown = backend.supports.ops.filter((op) => !opNames.includes(op));
    if (unknown.length > 0) return `supports.ops names ${unknown.join(", ")}, which are no ops`;
    if (new Set(backend.supports.ops).size !== backend.supports.ops.length) return "supports.ops names an op twice";
    return backend.specVersion === 1 ? undefined : `specVersion is ${backend.specVersion}`;
  },
  "many-programs": async ({ backend }) => {
    for (let size = 1; size <= 12; size++) {
      const g = createGraphBuilder();
      const x = g.input("x", "float", [size]);
      const graph = g.build([g.sum(g.mul(x, x), [0], false, "loss")]);
      const executable = await backend.compile(graph, { loss: "loss", wrt: ["x"] });
      const { loss } = await executable.run(
        feedsOf(graph, { x: { data: new Array(size).fill(2) } }, isDouble(backend)),
      );
      await executable.close();
      if (Math.abs((loss ?? Number.NaN) - 4 * size) > 1e-4)
        return `program ${size}: the loss is ${loss}, not ${4 * size}`;
    }
    return undefined;
  },
};
