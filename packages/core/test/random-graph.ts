import fc from "fast-check";
import { createGraphBuilder } from "../src/graph/builder.ts";
import type { Graph, ValueInfo } from "../src/graph/graph.ts";

/** One step in the making of a graph: `pick` chooses among the values so far. */
type Move = { readonly kind: number; readonly pick: number; readonly other: number };

const extent = fc.integer({ min: 1, max: 4 });
const shape = fc.array(extent, { minLength: 1, maxLength: 3 });

function grow(shapes: readonly (readonly number[])[], constants: readonly number[], moves: readonly Move[]): Graph {
  const g = createGraphBuilder();
  const floats: ValueInfo[] = shapes.map((of, i) => g.input(`x${i}`, "float", of));
  for (const value of constants) floats.push(g.scalar(value));
  const bools: ValueInfo[] = [];
  for (const { kind, pick, other } of moves) {
    const x = floats[pick % floats.length];
    const axis = other % Math.max(1, x.shape.length);
    const mirrored = x.shape.map((_, i) => x.shape.length - 1 - i);
    if (kind === 0) floats.push(g.transpose(x, mirrored));
    else if (kind === 1) floats.push(g.reshape(x, [x.shape.reduce((a, b) => a * b, 1)]));
    else if (kind === 2 && x.shape.length > 0) floats.push(g.sum(x, [axis], other % 2 === 0));
    else if (kind === 3 && x.shape.length > 0) floats.push(g.apply("Softmax", [x], { axis }));
    else if (kind === 4) floats.push(g.mul(x, g.scalar(other)));
    else if (kind === 5) bools.push(g.apply("Greater", [x, g.scalar(0)], {}));
    else if (kind === 6 && bools.length > 0) {
      const condition = bools[other % bools.length];
      floats.push(g.apply("Cast", [condition], { to: "float" }));
    } else if (kind === 7 && x.shape.length > 0) {
      const before = x.shape.map((_, i) => (i === axis ? 1 : 0));
      floats.push(g.apply("Pad", [x], { before, after: before }));
    } else if (kind === 8 && x.shape.length > 0) floats.push(g.apply("Concat", [x, x], { axis }));
    else floats.push(g.apply("Tanh", [x], {}));
  }
  return g.build([floats[floats.length - 1], floats[0]]);
}

/** Legal graphs: some inputs, some constants, up to twelve nodes. */
export const randomGraph: fc.Arbitrary<Graph> = fc
  .tuple(
    fc.array(shape, { minLength: 1, maxLength: 3 }),
    fc.array(
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x + 0),
      { maxLength: 3 },
    ),
    fc.array(fc.record({ kind: fc.nat(9), pick: fc.nat(), other: fc.nat(1000) }), { maxLength: 12 }),
  )
  .map(([shapes, constants, moves]) => grow(shapes, constants, moves));
