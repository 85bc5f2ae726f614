import { type AnyNode, type OpAttributes, type OpName, sizeOf, type ValueInfo } from "@thawline/core";
import { type AxisView, argMax, logSoftmax, reduceMax, softmax } from "../kernels/along-axis.ts";
import {
  add,
  type BinaryLoop,
  divide,
  equal,
  greater,
  multiplyElements,
  select,
  subtract,
} from "../kernels/arithmetic.ts";
import type { NumberArray } from "../kernels/arrays.ts";
import {
  convert,
  erfOf,
  exp,
  log,
  negate,
  relu,
  sigmoid,
  sqrt,
  tanh,
  toBool,
  type UnaryLoop,
} from "../kernels/functions.ts";
import { multiply } from "../kernels/mat-mul.ts";
import { copyStrided, reduceSum } from "../kernels/movement.ts";
import type { Operand } from "./plan.ts";
import { broadcastStrides, planWalk, stridesOf } from "./strided.ts";

/** One step of a run: reads and writes arrays that it knows already. */
export type Step = () => void;

/** What a lowering sees: `slots[i]` is the array of operand or result `i` at the time of the run. */
export interface LoweringContext<O extends OpName = OpName> {
  readonly slots: NumberArray[];
  readonly operands: readonly (Operand & { readonly slot: number })[];
  readonly output: ValueInfo & { readonly slot: number };
  readonly attributes: OpAttributes[O];
}

type Lowering<O extends OpName> = (context: LoweringContext<O>) => Step;

const unary =
  <O extends OpName>(loop: UnaryLoop): Lowering<O> =>
  ({ slots, operands: [x], output }) =>
  () =>
    loop(slots[x.slot], slots[output.slot]);

const binary =
  <O extends OpName>(loop: BinaryLoop): Lowering<O> =>
  ({ slots, operands: [a, b], output }) => {
    const walk = planWalk(output.shape, [
      broadcastStrides(a.shape, output.shape),
      broadcastStrides(b.shape, output.shape),
    ]);
    return () => loop(slots[a.slot], slots[b.slot], slots[output.slot], walk);
  };

/** A line along an axis, for each position of the others. */
const alongAxis =
  <O extends "ReduceMax" | "ArgMax" | "Softmax" | "LogSoftmax">(
    loop: (x: NumberArray, out: NumberArray, view: AxisView) => void,
  ): Lowering<O> =>
  ({ slots, operands: [x], output, attributes: { axis } }) => {
    const view = {
      outer: sizeOf(x.shape.slice(0, axis)),
      extent: x.shape[axis],
      inner: sizeOf(x.shape.slice(axis + 1)),
    };
    return () => loop(slots[x.slot], slots[output.slot], view);
  };

/** Reads the input by strides, starting at `start`, in the order of the output. */
function gather({ slots, operands: [x], output }: LoweringContext, strides: readonly number[], start = 0): Step {
  const walk = planWalk(output.shape, [strides, stridesOf(output.shape)], [start, 0]);
  return () => copyStrided(slots[x.slot], slots[output.slot], walk);
}

const startOf = (starts: readonly number[], shape: readonly number[]): number => {
  const strides = stridesOf(shape);
  return starts.reduce((sum, start, axis) => sum + start * strides[axis], 0);
};

/** How each op runs. Total: a new op does not compile without its lowering. */
export const lowerings: { readonly [O in OpName]: Lowering<O> } = {
  Add: binary(add),
  Sub: binary(subtract),
  Mul: binary(multiplyElements),
  Div: binary(divide),
  Neg: unary(negate),
  Exp: unary(exp),
  Log: unary(log),
  Sqrt: unary(sqrt),
  Erf: unary(erfOf),
  Tanh: unary(tanh),
  Sigmoid: unary(sigmoid),
  Relu: unary(relu),
  Equal: binary(equal),
  Greater: binary(greater),
  Where: ({ slots, operands, output }) => {
    const [condition, a, b] = operands;
    const walk = planWalk(
      output.shape,
      operands.map(({ shape }) => broadcastStrides(shape, output.shape)),
    );
    const arrays = { condition: slots[condition.slot], a: slots[a.slot], b: slots[b.slot] };
    return () => {
      arrays.condition = slots[condition.slot];
      arrays.a = slots[a.slot];
      arrays.b = slots[b.slot];
      select(arrays, slots[output.slot], walk);
    };
  },
  Cast: (context) => unary<"Cast">(context.attributes.to === "bool" ? toBool : convert)(context),
  MatMul: ({ slots, operands: [a, b], output }) => {
    const rank = output.shape.length;
    const shape = { M: output.shape[rank - 2], K: a.shape[rank - 1], N: output.shape[rank - 1] };
    const { M, K, N } = shape;
    const matrices = sizeOf(output.shape.slice(0, rank - 2));
    const A = { offset: 0, rowStride: a.transposed ? 1 : K, columnStride: a.transposed ? M : 1 };
    const B = { offset: 0, rowStride: b.transposed ? 1 : N, columnStride: b.transposed ? K : 1 };
    const factors = { a: new Float32Array(0), A, b: new Float32Array(0), B };
    const result = { out: new Float32Array(0), outOffset: 0 };
    return () => {
      factors.a = slots[a.slot] as Float32Array<ArrayBuffer>;
      factors.b = slots[b.slot] as Float32Array<ArrayBuffer>;
      result.out = slots[output.slot] as Float32Array<ArrayBuffer>;
      for (let n = 0; n < matrices; n++) {
        A.offset = n * M * K;
        B.offset = n * K * N;
        result.outOffset = n * M * N;
        multiply(factors, shape, result);
      }
    };
  },
  Transpose: (context) => {
    const strides = stridesOf(context.operands[0].shape);
    return gather(
      context,
      context.attributes.perm.map((axis) => strides[axis]),
    );
  },
  // Planned away as another name for its input; here for completeness.
  Reshape: (context) => gather(context, stridesOf(context.output.shape)),
  Expand: (context) => gather(context, broadcastStrides(context.operands[0].shape, context.output.shape)),
  Slice: (context) => {
    const [x] = context.operands;
    return gather(context, stridesOf(x.shape), startOf(context.attributes.starts, x.shape));
  },
  Pad: ({ slots, operands: [x], output, attributes: { before } }) => {
    const start = startOf(before, output.shape);
    const walk = planWalk(x.shape, [stridesOf(x.shape), stridesOf(output.shape)], [0, start]);
    return () => {
      // The array may have held another value before.
      slots[output.slot].fill(0);
      copyStrided(slots[x.slot], slots[output.slot], walk);
    };
  },
  Concat: ({ slots, operands, output, attributes: { axis } }) => {
    let start = 0;
    const parts = operands.map(({ slot, shape }) => {
      const offset = start * stridesOf(output.shape)[axis];
      start += shape[axis];
      return { slot, walk: planWalk(shape, [stridesOf(shape), stridesOf(output.shape)], [0, offset]) };
    });
    return () => {
      for (const { slot, walk } of parts) copyStrided(slots[slot], slots[output.slot], walk);
    };
  },
  ReduceSum: ({ slots, operands: [x], output, attributes: { axes } }) => {
    const strides = stridesOf(x.shape);
    const walkOf = (reduced: boolean) => {
      const some = x.shape.flatMap((_, axis) => (axes.includes(axis) === reduced ? [axis] : []));
      return planWalk(
        some.map((axis) => x.shape[axis]),
        [some.map((axis) => strides[axis])],
      );
    };
    const walks = { kept: walkOf(false), reduced: walkOf(true) };
    return () => reduceSum(slots[x.slot], slots[output.slot], walks);
  },
  ReduceMax: alongAxis(reduceMax),
  ArgMax: alongAxis(argMax),
  Softmax: alongAxis(softmax),
  LogSoftmax: alongAxis(logSoftmax),
};

/** The step of one planned node. */
export function lower(node: AnyNode, context: Omit<LoweringContext, "attributes">): Step {
  const lowering = lowerings[node.op] as Lowering<OpName>;
  return lowering({ ...context, attributes: node.attributes });
}
