/** A box in pixels. */
export interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** A label that found a place: offset from its point, and which end of the text stands there. */
export interface PlacedLabel {
  readonly index: number;
  readonly dx: number;
  readonly dy: number;
  readonly anchor: "start" | "middle" | "end";
}

const overlaps = (a: Box, b: Box): boolean =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

const around = [
  { dx: 8, dy: 0, anchor: "start" },
  { dx: -8, dy: 0, anchor: "end" },
  { dx: 0, dy: -12, anchor: "middle" },
  { dx: 0, dy: 12, anchor: "middle" },
  { dx: 7, dy: -10, anchor: "start" },
  { dx: 7, dy: 10, anchor: "start" },
  { dx: -7, dy: -10, anchor: "end" },
  { dx: -7, dy: 10, anchor: "end" },
] as const;

/**
 * Finds places for labels beside their points so that none covers another or a box to keep free; a label that fits
 * nowhere is left out. Earlier labels have the first choice.
 */
export function placeLabels(
  labels: readonly { readonly x: number; readonly y: number; readonly width: number }[],
  space: { readonly frame: Box; readonly keepFree: readonly Box[] },
): PlacedLabel[] {
  const taken: Box[] = [...space.keepFree];
  const { frame } = space;
  return labels.flatMap(({ x, y, width }, index) => {
    for (const { dx, dy, anchor } of around) {
      const left = x + dx - (anchor === "start" ? 0 : anchor === "end" ? width : width / 2);
      const box = { left, right: left + width, top: y + dy - 7, bottom: y + dy + 7 };
      const isInside =
        box.left >= frame.left && box.right <= frame.right && box.top >= frame.top && box.bottom <= frame.bottom;
      if (!isInside || taken.some((each) => overlaps(each, box))) continue;
      taken.push(box);
      return [{ index, dx, dy, anchor }];
    }
    return [];
  });
}
