import { createRandom, type Graph, type Head, validateGraph } from "@thawline/core";
import { describe, expect, it } from "vitest";
import { linearHead, mlpHead } from "./index.ts";

const linear = linearHead({ dimension: 4, classes: 3, dropout: 0.25 });
const mlp = mlpHead({ dimension: 4, classes: 3, hidden: 5, activation: "gelu", dropout: 0.5 });
const summary = (head: Head) =>
  head.parameters.map(({ name, shape, group, decay, output }) => [name, shape, group, decay, output ?? false]);

/** A graph without what may depend on the batch: shapes and nothing else. */
const withoutShapes = ({ inputs, constants, nodes, outputs }: Graph) => ({
  inputs: inputs.map(({ name, dtype }) => ({ name, dtype })),
  constants,
  nodes: nodes.map(({ op, inputs: operands, output, attributes }) => ({ op, operands, name: output.name, attributes })),
  outputs,
});

describe("parameters", () => {
  it("of the linear head are those of a linear layer, in group head.output", () => {
    expect(summary(linear)).toEqual([
      ["linear.weight", [3, 4], "head.output", true, true],
      ["linear.bias", [3], "head.output", false, false],
    ]);
  });

  it("of the MLP are a hidden layer's and an output layer's, in groups of their own", () => {
    expect(summary(mlp)).toEqual([
      ["hidden.weight", [5, 4], "head.hidden", true, false],
      ["hidden.bias", [5], "head.hidden", false, false],
      ["linear.weight", [3, 5], "head.output", true, true],
      ["linear.bias", [3], "head.output", false, false],
    ]);
  });

  it("of output layers start at 0, of hidden ones within ±1/√D and not alike", () => {
    const started = mlp.parameters.map(({ shape, initialize }) => {
      const values = new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(9);
      initialize(values, createRandom(5));
      return [...values];
    });
    const [weight, bias, ...output] = started;
    expect(output.flat().every((value) => value === 0)).toBe(true);
    for (const values of [weight!, bias!]) {
      expect(values.every((value) => Math.abs(value) <= 0.5)).toBe(true);
      expect(new Set(values).size).toBe(values.length);
    }
    // 20 uniform numbers on ±0.5: all within half the bound has a chance of one in a million.
    expect(Math.max(...weight!.map(Math.abs))).toBeGreaterThan(0.25);
  });
});

describe.each([linear, mlp].map((head) => [head.type, head] as const))("graph of the %s head", (type, head) => {
  it("has loss, targets and masks in training, and none of them in prediction", () => {
    const train = head.build({ examples: 2, positions: 0 }, "train");
    const predict = head.build({ examples: 2, positions: 0 }, "predict");
    const names = head.parameters.map(({ name }) => name);
    const mask = type === "linear" ? "dropout.embedding" : "dropout.hidden";
    validateGraph(train.graph);
    validateGraph(predict.graph);
    expect(new Set(train.graph.inputs.map(({ name }) => name))).toEqual(
      new Set(["embedding", ...names, "target", "weight", mask]),
    );
    expect(new Set(predict.graph.inputs.map(({ name }) => name))).toEqual(new Set(["embedding", ...names]));
    expect(train.dropout).toEqual([
      { input: mask, shape: [2, type === "linear" ? 4 : 5], rate: type === "linear" ? 0.25 : 0.5 },
    ]);
    expect([predict.dropout, predict.loss]).toEqual([[], undefined]);
    expect(train.graph.outputs).toEqual([train.logits, train.loss]);
  });

  it.each(["train", "predict"] as const)("holds the batch size in no constant or attribute (%s)", (mode) => {
    const [two, five] = [2, 5].map((examples) => head.build({ examples, positions: 0 }, mode).graph);
    expect(withoutShapes(two!)).toEqual(withoutShapes(five!));
    expect(two!.inputs).not.toEqual(five!.inputs);
  });
});

it("a rate of 0 needs no mask", () => {
  const { dropout, graph } = linearHead({ dimension: 4, classes: 3 }).build({ examples: 2, positions: 0 }, "train");
  expect(dropout).toEqual([]);
  expect(graph.inputs.map(({ name }) => name)).not.toContain("dropout.embedding");
});
