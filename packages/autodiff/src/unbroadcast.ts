import { type GraphBuilder, sameShape, type ValueInfo } from "@thawline/core";

/**
 * Sums `dX` over the axes that broadcasting `shape` added or stretched, so that it has shape `shape`: the adjoint of
 * numpy broadcasting. Returns `dX` itself where the shapes are equal.
 */
export function unbroadcast(g: GraphBuilder, dX: ValueInfo, shape: readonly number[]): ValueInfo {
  if (sameShape(dX.shape, shape)) return dX;
  const added = dX.shape.length - shape.length;
  const axes = dX.shape.flatMap((extent, axis) =>
    axis < added || (shape[axis - added] === 1 && extent !== 1) ? [axis] : [],
  );
  // Without its axes first: a summed result of the right size needs at most a new shape.
  const summed = axes.length > 0 ? g.sum(dX, axes) : dX;
  return sameShape(summed.shape, shape) ? summed : g.reshape(summed, shape);
}
