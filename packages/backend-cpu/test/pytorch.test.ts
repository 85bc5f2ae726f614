import { readFileSync } from "node:fs";
import {
  createGraphBuilder,
  type OpName,
  type Tensor,
  tensor,
  type ValueDType,
  writeClassTargets,
} from "@thawline/core";
import { createHead, type HeadConfig } from "@thawline/heads";
import { describe, expect, it } from "vitest";
import { float32, runCpu, tensorError } from "./helpers.ts";

// The committed PyTorch float64 cases of the reference backend.
const read = (name: string): { cases: readonly never[] } =>
  JSON.parse(readFileSync(new URL(`../../backend-reference/test/fixtures/${name}`, import.meta.url), "utf8"));

interface Numbers {
  readonly dtype: ValueDType;
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

interface OpCase {
  readonly op: OpName;
  readonly attributes: object;
  readonly inputs: readonly Numbers[];
  readonly output: Numbers;
  readonly cotangent?: Numbers;
  readonly gradients?: readonly (Numbers | null)[];
}

function feed({ dtype, shape, data }: Numbers): Tensor {
  if (dtype === "int32") return tensor("int32", shape, Int32Array.from(data));
  return dtype === "bool" ? tensor("bool", shape, Uint8Array.from(data)) : float32(shape, data);
}

/** The program of a case: y, and loss = Σ y · cotangent where y is float. */
function programOf({ op, attributes, inputs, output, cotangent }: OpCase) {
  const g = createGraphBuilder();
  const xs = inputs.map(({ dtype, shape }, i) => g.input(`x${i}`, dtype, shape));
  const y = g.apply(op, xs, attributes as never, "y");
  const wrt = xs.flatMap(({ name, dtype }) => (dtype === "float" ? [name] : []));
  if (cotangent === undefined) return { graph: g.build([y]), request: {} };
  const axes = output.shape.map((_, axis) => axis);
  const loss = g.sum(g.mul(y, g.input("cotangent", "float", output.shape)), axes, false, "loss");
  return { graph: g.build([y]), request: { loss: loss.name, wrt } };
}

describe("every op against PyTorch float64, to 1e-5", () => {
  const cases: readonly OpCase[] = read("ops.json").cases;
  it.each(cases.map((example, i) => [`${i} ${example.op}`, example] as const))("%s", async (_, example) => {
    const { graph, request } = programOf(example);
    const feeds: Record<string, Tensor> = Object.fromEntries(example.inputs.map((input, i) => [`x${i}`, feed(input)]));
    if (example.cotangent !== undefined) feeds.cotangent = feed(example.cotangent);
    const { outputs, gradients } = await runCpu(graph, request, feeds);
    expect(tensorError(outputs.y.data, example.output.data)).toBeLessThanOrEqual(1e-5);
    example.gradients?.forEach((expected, i) => {
      if (expected === null) return;
      expect(tensorError(gradients[`x${i}`].data, expected.data), `x${i}`).toBeLessThanOrEqual(1e-5);
    });
  });
});

interface HeadCase {
  readonly name: string;
  readonly head: HeadConfig;
  readonly labels: readonly number[];
  readonly classWeights: readonly number[] | null;
  readonly labelSmoothing: number;
  readonly values: Readonly<Record<string, Numbers>>;
  readonly masks: Readonly<Record<string, Numbers>>;
  readonly logits: Numbers;
  readonly loss: number;
  readonly gradients: Readonly<Record<string, Numbers>>;
}

describe("heads against PyTorch float64, to 1e-5", () => {
  const cases: readonly HeadCase[] = read("heads.json").cases;
  it.each(cases.map((example) => [example.name, example] as const))("%s", async (_, example) => {
    const { head, labels, classWeights, labelSmoothing, values, masks } = example;
    const target = new Float32Array(labels.length * head.classes);
    const weight = new Float32Array(labels.length);
    const options = { classes: head.classes, labelSmoothing, ...(classWeights === null ? {} : { classWeights }) };
    writeClassTargets(labels, { target, weight }, options);
    const built = createHead(head).build({ examples: labels.length, positions: 0 }, "train");
    const request = { loss: built.loss!, wrt: Object.keys(values), fetch: [built.logits] };
    const numbers = Object.entries({ ...values, ...masks });
    const { loss, gradients, outputs } = await runCpu(built.graph, request, {
      ...Object.fromEntries(numbers.map(([name, { shape, data }]) => [name, float32(shape, data)])),
      target: float32([labels.length, head.classes], target),
      weight: float32([labels.length], weight),
    });
    expect(tensorError([loss!], [example.loss])).toBeLessThanOrEqual(1e-5);
    expect(tensorError(outputs.logits.data, example.logits.data)).toBeLessThanOrEqual(1e-5);
    for (const [name, expected] of Object.entries(example.gradients)) {
      expect(tensorError(gradients[name].data, expected.data), name).toBeLessThanOrEqual(1e-5);
    }
  });
});
