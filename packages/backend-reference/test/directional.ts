import { differentiate } from "@thawline/autodiff";
import { createRandom, type Graph, type Tensor, type TensorMap, tensor } from "@thawline/core";
import { evaluate } from "../src/index.ts";

/** A scalar of a graph, and the inputs to vary. */
export interface Derivative {
  readonly graph: Graph;
  readonly loss: string;
  readonly wrt: readonly string[];
  readonly feeds: TensorMap;
}

/** The gradients of a loss by `differentiate`, evaluated. */
export function gradientsOf({ graph, loss, wrt, feeds }: Derivative): TensorMap {
  const differentiated = differentiate(graph, { loss, wrt });
  const names = wrt.map((name) => differentiated.gradients[name]);
  const values = evaluate(differentiated.graph, feeds, names);
  return Object.fromEntries(wrt.map((name, i) => [name, values[names[i]]]));
}

const shifted = (value: Tensor, direction: ArrayLike<number>, h: number): Tensor =>
  tensor(
    "float64",
    value.shape,
    Float64Array.from(value.data, (x, i) => x + h * direction[i]),
  );

/**
 * |<direction, gradient> − central difference of the forward pass along it|, over the larger of 1 and the difference.
 * The direction is normal, over all of `wrt` at once. h = 1e-5 balances h² against rounding / h.
 */
export function directionalError(derivative: Derivative, seed: number): number {
  const { graph, loss, wrt, feeds } = derivative;
  const random = createRandom(seed);
  const gradients = gradientsOf(derivative);
  const directions = wrt.map((name) => Float64Array.from(feeds[name].data, () => random.nextNormal()));
  let analytic = 0;
  wrt.forEach((name, t) => {
    gradients[name].data.forEach((g, i) => {
      analytic += g * directions[t][i];
    });
  });
  const at = (h: number): number => {
    const moved = wrt.map((name, t) => [name, shifted(feeds[name], directions[t], h)] as const);
    return evaluate(graph, { ...feeds, ...Object.fromEntries(moved) }, [loss])[loss].data[0];
  };
  const h = 1e-5;
  const numeric = (at(h) - at(-h)) / (2 * h);
  return Math.abs(analytic - numeric) / Math.max(1, Math.abs(numeric));
}
