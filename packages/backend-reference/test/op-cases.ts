import { readFileSync } from "node:fs";
import {
  type Backend,
  checked,
  createGraphBuilder,
  type OpAttributes,
  type OpName,
  type TensorMap,
  type ValueDType,
} from "@thawline/core";
import { allAxes, feed, type Numbers } from "./floats.ts";

interface TypedNumbers extends Numbers {
  readonly dtype: ValueDType;
}

/** One op with inputs, result and gradients from outside. */
export interface OpCase {
  readonly op: OpName;
  readonly attributes: OpAttributes[OpName];
  readonly inputs: readonly TypedNumbers[];
  readonly output: TypedNumbers;
  readonly cotangent?: TypedNumbers;
  readonly gradients?: readonly (TypedNumbers | null)[];
}

/** The committed cases, made by generate_ops.py. */
export const opCases: readonly OpCase[] = JSON.parse(
  readFileSync(new URL("fixtures/ops.json", import.meta.url), "utf8"),
).cases;

/** A unique title. */
export const titleOf = ({ op, attributes, inputs }: OpCase, i: number): string =>
  `${i} ${op} ${inputs.map(({ dtype, shape }) => `${dtype}[${shape}]`).join(" ")} ${JSON.stringify(attributes)}`;

/** The graph of a case: inputs x0, x1, …, output y, and for float outputs loss = Σ y · cotangent. */
export function opGraph({ op, attributes, inputs, output, cotangent }: OpCase) {
  const g = createGraphBuilder();
  const xs = inputs.map(({ dtype, shape }, i) => g.input(`x${i}`, dtype, shape));
  const y = g.apply(op, xs, attributes as never, "y");
  if (cotangent === undefined) return { graph: g.build([y]), y, wrt: [] };
  const product = g.mul(y, g.input("cotangent", "float", output.shape));
  const loss = g.sum(product, allAxes(product), false, "loss");
  const wrt = xs.filter(({ dtype }) => dtype === "float").map(({ name }) => name);
  return { graph: g.build([y, loss]), y, wrt, loss: loss.name };
}

/** What a backend makes of a case: the result, and the gradients by input. */
export async function runOpCase(backend: Backend, example: OpCase) {
  const { graph, y, wrt, loss } = opGraph(example);
  const request = { wrt, fetch: [y.name], ...(loss === undefined ? {} : { loss }) };
  const executable = await checked(backend).compile(graph, request);
  const feeds: Record<string, TensorMap[string]> = {};
  example.inputs.forEach((input, i) => {
    feeds[`x${i}`] = feed(backend, input, input.dtype);
  });
  if (example.cotangent !== undefined) feeds.cotangent = feed(backend, example.cotangent);
  const result = await executable.run(feeds);
  return { y: result.outputs.y, gradients: result.gradients };
}
