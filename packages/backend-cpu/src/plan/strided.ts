import { sizeOf } from "@thawline/core";

/** Row-major strides of a shape. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis];
  }
  return strides;
}

/** Strides with which numpy broadcasting reads a tensor of shape `from` in the order of shape `to`: 0 where it repeats. */
export function broadcastStrides(from: readonly number[], to: readonly number[]): number[] {
  const own = stridesOf(from);
  const added = to.length - from.length;
  return to.map((_, axis) => (axis < added || from[axis - added] === 1 ? 0 : own[axis - added]));
}

/**
 * A walk over a shape in row-major order as two loops: operand t is read at `offsets[t][o] + n · steps[t]` for o below
 * `outer` and n below `inner`. Computed once, at compile, so that a step knows nothing of shapes.
 */
export interface StridedWalk {
  readonly outer: number;
  readonly inner: number;
  readonly offsets: readonly Int32Array[];
  readonly steps: readonly number[];
}

/** Plans the walk over `shape` for operands with these strides and starting offsets (default 0). */
export function planWalk(
  shape: readonly number[],
  strides: readonly (readonly number[])[],
  starts: readonly number[] = strides.map(() => 0),
): StridedWalk {
  const axes = mergedAxes(shape, strides);
  const last = axes.pop() ?? { extent: sizeOf(shape) === 0 ? 0 : 1, strides: strides.map(() => 0) };
  const outer = axes.reduce((product, { extent }) => product * extent, 1);
  const offsets = strides.map((_, t) => {
    let positions = [starts[t]];
    for (const axis of axes) {
      positions = positions.flatMap((position) =>
        Array.from({ length: axis.extent }, (__, i) => position + i * axis.strides[t]),
      );
    }
    return Int32Array.from(positions);
  });
  return { outer, inner: last.extent, offsets, steps: last.strides };
}

interface Axis {
  readonly extent: number;
  readonly strides: readonly number[];
}

/** Axes of extent other than 1, neighbours merged where every operand passes from one to the next without a jump. */
function mergedAxes(shape: readonly number[], strides: readonly (readonly number[])[]): Axis[] {
  const axes: Axis[] = [];
  shape.forEach((extent, axis) => {
    if (extent === 1) return;
    const here = strides.map((operand) => operand[axis]);
    const before = axes.at(-1);
    if (before?.strides.every((stride, t) => stride === here[t] * extent)) {
      axes[axes.length - 1] = { extent: before.extent * extent, strides: here };
    } else {
      axes.push({ extent, strides: here });
    }
  });
  return axes;
}
