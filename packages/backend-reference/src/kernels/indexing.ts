import { sizeOf } from "@thawline/core";

/** Coordinates of the element at `position` of a row-major tensor. */
export function coordinatesOf(position: number, shape: readonly number[]): number[] {
  const coordinates = new Array<number>(shape.length);
  let rest = position;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    coordinates[axis] = rest % shape[axis];
    rest = Math.floor(rest / shape[axis]);
  }
  return coordinates;
}

/** Position of the element at `coordinates`, row-major. */
export function positionOf(coordinates: readonly number[], shape: readonly number[]): number {
  let position = 0;
  for (let axis = 0; axis < shape.length; axis++) position = position * shape[axis] + coordinates[axis];
  return position;
}

/**
 * Position in a tensor of shape `shape` that broadcasting shows at `coordinates`: axes are aligned at the end, and an
 * extent of 1 is read at 0.
 */
export function broadcastPosition(coordinates: readonly number[], shape: readonly number[]): number {
  const skipped = coordinates.length - shape.length;
  return positionOf(
    shape.map((extent, axis) => (extent === 1 ? 0 : coordinates[skipped + axis])),
    shape,
  );
}

/** A shape seen along one axis: element (o, i, n) is at (o · extent + i) · inner + n. */
export function alongAxis(
  shape: readonly number[],
  axis: number,
): { readonly outer: number; readonly extent: number; readonly inner: number } {
  return { outer: sizeOf(shape.slice(0, axis)), extent: shape[axis], inner: sizeOf(shape.slice(axis + 1)) };
}
