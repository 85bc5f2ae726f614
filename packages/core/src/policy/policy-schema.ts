/** The little of JSON Schema (draft 2020-12) that policies need. */
export interface PolicySchemaNode {
  readonly $ref?: string;
  readonly type?: "object" | "array" | "string" | "number" | "integer" | "boolean";
  readonly const?: string;
  readonly enum?: readonly string[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, PolicySchemaNode>>;
  /** `false`: no other key; a schema: what other keys hold. */
  readonly additionalProperties?: false | PolicySchemaNode;
  readonly items?: PolicySchemaNode;
  readonly minItems?: number;
  readonly minimum?: number;
  readonly anyOf?: readonly { readonly required: readonly string[] }[];
  /** Branches are told apart by the constant of their `kind`. */
  readonly oneOf?: readonly PolicySchemaNode[];
  readonly title?: string;
  readonly description?: string;
}

/** A whole schema. */
export interface PolicySchema extends PolicySchemaNode {
  readonly $schema: string;
  readonly $id: string;
  readonly $defs: Readonly<Record<string, PolicySchemaNode>>;
}

const atLeast = (minimum: number): PolicySchemaNode => ({ type: "number", minimum });
const wholeAtLeast = (minimum: number): PolicySchemaNode => ({ type: "integer", minimum });
const rule: PolicySchemaNode = { $ref: "#/$defs/rowRule" };

/** One form of a union: `kind`, other required properties, optional ones. */
function form(
  kind: string,
  required: Readonly<Record<string, PolicySchemaNode>> = {},
  optional: Readonly<Record<string, PolicySchemaNode>> = {},
): PolicySchemaNode {
  return {
    type: "object",
    properties: { kind: { const: kind }, ...required, ...optional },
    required: ["kind", ...Object.keys(required)],
    additionalProperties: false,
  };
}

const oneOfThem = (...names: readonly string[]): Pick<PolicySchemaNode, "anyOf"> => ({
  anyOf: names.map((name) => ({ required: [name] })),
});

const range = { from: atLeast(0), to: atLeast(0) };

/**
 * JSON Schema (draft 2020-12) of a freeze policy as a file holds it: the form. What a form cannot say (that groups exist, that
 * phases have names of their own, that all but the last one end) `validatePolicy` checks.
 */
export const policySchema: PolicySchema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  $id: "urn:thawline:freeze-policy",
  title: "Thawline freeze policy",
  description: "When which rows of an embedding table and which layers of a head are frozen.",
  type: "object",
  properties: {
    $schema: { type: "string" },
    name: { type: "string", description: "Shown in reports; default custom." },
    phases: {
      type: "array",
      minItems: 1,
      items: { $ref: "#/$defs/phase" },
      description: "In order; each lasts until its condition is met, the last to the end.",
    },
  },
  required: ["phases"],
  additionalProperties: false,
  $defs: {
    phase: {
      type: "object",
      properties: {
        name: { type: "string", description: "Default: phase and its number." },
        learningRates: {
          type: "object",
          additionalProperties: atLeast(0),
          description: "Group (embeddings, head, a layer such as head.output) to multiplier on its rate; 0 is frozen.",
        },
        rows: { $ref: "#/$defs/rowRule", description: "Rows that may move; default all." },
        rowRates: {
          type: "array",
          items: {
            type: "object",
            properties: { rows: rule, rate: atLeast(0) },
            required: ["rows", "rate"],
            additionalProperties: false,
          },
          description: "Multiplier on the learning rate of rows; the first rule that holds counts, 0 is frozen.",
        },
        until: { $ref: "#/$defs/phaseEnd" },
      },
      additionalProperties: false,
    },
    phaseEnd: {
      oneOf: [
        form("epochs", { epochs: wholeAtLeast(1) }),
        form("plateau", { patience: wholeAtLeast(1) }, { minDelta: atLeast(0), maxEpochs: wholeAtLeast(1) }),
      ],
    },
    rowRule: {
      oneOf: [
        form("all"),
        form("none"),
        form("min-count", { count: atLeast(0) }),
        { ...form("rank", {}, range), ...oneOfThem("from", "to") },
        { ...form("band", { by: { enum: ["count", "quantile"] } }, range), ...oneOfThem("from", "to") },
        form("pretrained", { found: { type: "boolean" } }),
        form("rows", { rows: { type: "array", items: wholeAtLeast(0) } }),
        form("words", { words: { type: "array", items: { type: "string" } } }),
        form("pattern", { pattern: { type: "string" } }, { ignoreCase: { type: "boolean" } }),
        {
          ...form(
            "class-indicative",
            { statistic: { enum: ["log-odds", "mutual-information"] } },
            {
              threshold: { type: "number" },
              top: wholeAtLeast(0),
              class: wholeAtLeast(0),
              smoothing: atLeast(0),
            },
          ),
          ...oneOfThem("threshold", "top"),
        },
        {
          ...form("drift", { figure: { enum: ["cosineDistance", "l2"] } }, { atLeast: atLeast(0), below: atLeast(0) }),
          ...oneOfThem("atLeast", "below"),
        },
        form("not", { rule }),
        form("and", { rules: { type: "array", items: rule } }),
        form("or", { rules: { type: "array", items: rule } }),
      ],
    },
  },
};
