import type { Prepared } from "../pipeline/prepare.ts";

/**
 * For each row the label whose training texts have it most often, as a share of the label's texts; of equals the first
 * label, null for a row in no text.
 */
export function typicalLabels(
  { train, splits }: Pick<Prepared, "train" | "splits">,
  rows: readonly number[],
): (string | null)[] {
  const { ids, offsets } = train;
  const { classes } = splits.train;
  const { labels } = splits;
  const place = new Map(rows.map((row, i) => [row, i]));
  const texts = new Float64Array(labels.length);
  const having = rows.map(() => new Float64Array(labels.length));
  for (let text = 0; text < classes.length; text++) {
    const label = classes[text]!;
    texts[label]!++;
    const found = new Set<number>();
    for (let at = offsets[text]!; at < offsets[text + 1]!; at++) {
      const i = place.get(ids[at]!);
      if (i !== undefined) found.add(i);
    }
    for (const i of found) having[i]![label]!++;
  }
  return having.map((counts) => {
    const shares = counts.map((count, label) => count / Math.max(1, texts[label]!));
    const most = Math.max(...shares);
    return most === 0 ? null : labels[shares.indexOf(most)]!;
  });
}
