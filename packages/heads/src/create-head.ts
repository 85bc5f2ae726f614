import { type Head, nearestName, PolicyError } from "@thawline/core";
import { type AttentionHeadOptions, attentionHead } from "./heads/attention-head.ts";
import { type CnnHeadOptions, cnnHead } from "./heads/cnn-head.ts";
import { type LinearHeadOptions, linearHead } from "./heads/linear-head.ts";
import { type MlpHeadOptions, mlpHead } from "./heads/mlp-head.ts";
import { gruHead, lstmHead, type RecurrentHeadOptions } from "./heads/recurrent-head.ts";
import { type TransformerHeadOptions, transformerHead } from "./heads/transformer-head.ts";

/** A head as plain data: its type, and the options of that type. */
export type HeadConfig =
  | ({ readonly type: "linear" } & LinearHeadOptions)
  | ({ readonly type: "mlp" } & MlpHeadOptions)
  | ({ readonly type: "cnn" } & CnnHeadOptions)
  | ({ readonly type: "attention" } & AttentionHeadOptions)
  | ({ readonly type: "gru" | "lstm" } & RecurrentHeadOptions)
  | ({ readonly type: "transformer" } & TransformerHeadOptions);

/** Name of a head that `createHead` makes. */
export type HeadType = HeadConfig["type"];

// Each factory checks its options itself, whatever their static type.
const factories: { readonly [T in HeadType]: (options: never) => Head } = {
  linear: linearHead,
  mlp: mlpHead,
  cnn: cnnHead,
  attention: attentionHead,
  gru: gruHead,
  lstm: lstmHead,
  transformer: transformerHead,
};

/** Every head that `createHead` makes. */
export const headTypes: readonly HeadType[] = Object.keys(factories) as HeadType[];

/**
 * Makes a head from plain data, such as a JSON file or a head's own `{ type, ...options }`.
 * @throws PolicyError INVALID_CONFIG for an unknown type, option or value; the message names the nearest known one
 * @example
 * const head = createHead({ type: "mlp", dimension: 100, classes: 2, hidden: 64 });
 */
export function createHead(config: HeadConfig | Readonly<Record<string, unknown>>): Head {
  const { type, ...options } = config;
  const known = headTypes.find((candidate) => candidate === type);
  if (known === undefined) {
    const hint = typeof type === "string" ? `; did you mean "${nearestName(type, headTypes)}"?` : "";
    const list = headTypes.join(", ");
    throw new PolicyError("INVALID_CONFIG", `there is no head "${String(type)}"${hint} Known heads: ${list}`);
  }
  return factories[known](options as never);
}
