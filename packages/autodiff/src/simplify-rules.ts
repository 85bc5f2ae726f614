import {
  type AnyNode,
  inferResult,
  type OpAttributes,
  type OpName,
  sameShape,
  type ValueInfo,
  type ValueName,
} from "@thawline/core";

/** An op with its inputs and attributes, before it has a name. */
export type Application = { [O in OpName]: Pick<Extract<AnyNode, { op: O }>, "op" | "inputs" | "attributes"> }[OpName];

/** What rules may ask of the graph so far, and how they add to it. */
export interface Known {
  info(name: ValueName): ValueInfo;
  /** The node that makes a value; undefined for inputs and constants. */
  producer(name: ValueName): AnyNode | undefined;
  /** The number that every element of a float value is known to be. */
  uniform(name: ValueName): number | undefined;
  /** Whether nothing else reads a value. */
  usedOnce(name: ValueName): boolean;
  make<O extends OpName>(op: O, inputs: readonly ValueName[], attributes: OpAttributes[O]): ValueName;
}

/** A simpler application, the name of an equal value, or undefined where there is nothing to simplify. */
export type Rewritten = Application | ValueName | undefined;

/** One step of simplification. */
export function rewrite(application: Application, known: Known): Rewritten {
  switch (application.op) {
    case "Transpose":
      return transpose(application.inputs[0]!, application.attributes.perm, known);
    case "Reshape":
    case "Expand":
      return reshapeOrExpand(application, known);
    case "Neg": {
      const inner = known.producer(application.inputs[0]!);
      return inner?.op === "Neg" ? inner.inputs[0] : undefined;
    }
    case "Add":
    case "Sub":
    case "Mul":
    case "Div":
      return neutral(application, known) ?? withoutExpand(application, known);
    case "Where":
    case "Equal":
    case "Greater":
      return withoutExpand(application, known);
    default:
      return undefined;
  }
}

const swapsLastTwo = (perm: readonly number[]): boolean => {
  const rank = perm.length;
  return rank >= 2 && perm.every((axis, i) => axis === (i < rank - 2 ? i : i === rank - 2 ? rank - 1 : rank - 2));
};

/** Identity; two transposes are one; (A B)ᵀ = Bᵀ Aᵀ where that cancels a transpose. */
function transpose(x: ValueName, perm: readonly number[], known: Known): Rewritten {
  if (perm.every((axis, i) => axis === i)) return x;
  const inner = known.producer(x);
  if (inner?.op === "Transpose") {
    const composed = perm.map((axis) => inner.attributes.perm[axis]!);
    return { op: "Transpose", inputs: inner.inputs, attributes: { perm: composed } };
  }
  if (inner?.op !== "MatMul" || !swapsLastTwo(perm) || !known.usedOnce(x)) return undefined;
  const cancels = inner.inputs.some((name) => {
    const operand = known.producer(name);
    return operand?.op === "Transpose" && swapsLastTwo(operand.attributes.perm);
  });
  if (!cancels) return undefined;
  const [a, b] = inner.inputs.map((name) => known.make("Transpose", [name], { perm }));
  return { op: "MatMul", inputs: [b!, a!], attributes: {} };
}

/** To the shape that it has already; twice in a row. */
function reshapeOrExpand(application: Extract<Application, { op: "Reshape" | "Expand" }>, known: Known): Rewritten {
  const [x] = application.inputs;
  if (sameShape(known.info(x!).shape, application.attributes.shape)) return x;
  const inner = known.producer(x!);
  return inner?.op === application.op ? { ...application, inputs: inner.inputs } : undefined;
}

const neutralElement = { Add: 0, Sub: 0, Mul: 1, Div: 1 } as const;

/** x + 0, x − 0, x · 1, x / 1, and 0 + x, 1 · x; broadcast where the neutral operand did. */
function neutral({ op, inputs }: Application & { readonly op: keyof typeof neutralElement }, known: Known): Rewritten {
  const [a, b] = inputs as readonly [ValueName, ValueName];
  const isNeutral = (name: ValueName): boolean => known.uniform(name) === neutralElement[op];
  const rest = isNeutral(b) ? a : isNeutral(a) && (op === "Add" || op === "Mul") ? b : undefined;
  if (rest === undefined) return undefined;
  const { shape } = inferResult(op, [known.info(a), known.info(b)], {});
  return { op: "Expand", inputs: [rest], attributes: { shape } };
}

/** Without an operand's Expand, where the op itself broadcasts to the same result. */
function withoutExpand(application: Application, known: Known): Rewritten {
  const { op, inputs, attributes } = application;
  const shapeOf = (names: readonly ValueName[]): readonly number[] =>
    inferResult(
      op,
      names.map((name) => known.info(name)),
      attributes as never,
    ).shape;
  for (let i = 0; i < inputs.length; i++) {
    const inner = known.producer(inputs[i]!);
    if (inner?.op === "Expand") {
      const direct = inputs.map((name, j) => (j === i ? inner.inputs[0]! : name));
      if (sameShape(shapeOf(direct), shapeOf(inputs))) return { ...application, inputs: direct };
    }
  }
  return undefined;
}
