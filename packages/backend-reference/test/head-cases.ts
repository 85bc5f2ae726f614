import { readFileSync } from "node:fs";
import { type Backend, checked, type Tensor, writeClassTargets } from "@thawline/core";
import { createHead, type HeadConfig } from "@thawline/heads";
import { feed, type Numbers } from "./floats.ts";

/** One head with its inputs, and logits, loss and gradients from outside. */
export interface HeadCase {
  readonly name: string;
  readonly head: HeadConfig;
  readonly labels: readonly number[];
  readonly classWeights: readonly number[] | null;
  readonly labelSmoothing: number;
  /** The embedding input and the parameters, by name. */
  readonly values: Readonly<Record<string, Numbers>>;
  readonly masks: Readonly<Record<string, Numbers>>;
  readonly logits: Numbers;
  readonly loss: number;
  readonly gradients: Readonly<Record<string, Numbers>>;
}

/** The committed cases, made by generate_heads.py. */
export const headCases: readonly HeadCase[] = JSON.parse(
  readFileSync(new URL("fixtures/heads.json", import.meta.url), "utf8"),
).cases;

/** Target and weight of a batch of labels, as core writes them. */
function targetsOf({ head, labels, classWeights, labelSmoothing }: HeadCase): Record<"target" | "weight", Numbers> {
  const target = new Float64Array(labels.length * head.classes);
  const weight = new Float64Array(labels.length);
  const options = { classes: head.classes, labelSmoothing, ...(classWeights === null ? {} : { classWeights }) };
  writeClassTargets(labels, { target, weight }, options);
  return {
    target: { shape: [labels.length, head.classes], data: [...target] },
    weight: { shape: [labels.length], data: [...weight] },
  };
}

/** Every feed of a case's training graph. */
export function headFeeds(backend: Backend, example: HeadCase): Record<string, Tensor> {
  const all = { ...example.values, ...example.masks, ...targetsOf(example) };
  return Object.fromEntries(Object.entries(all).map(([name, numbers]) => [name, feed(backend, numbers)]));
}

/** The compiled training program of a case, with gradients for every value and the logits fetched. */
export async function compileHeadCase(backend: Backend, example: HeadCase) {
  const built = createHead(example.head).build({ examples: example.labels.length, positions: 0 }, "train");
  const wrt = Object.keys(example.values);
  return checked(backend).compile(built.graph, { loss: built.loss!, wrt, fetch: [built.logits] });
}
