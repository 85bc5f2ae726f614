import type { GroupedRows } from "./find-repeats.ts";
import { placeOf, type RowPlace } from "./split-rows.ts";

/** A text that stands under more than one label. */
export interface Conflict {
  readonly text: string;
  /** Labels, the most frequent first, and where the text stands under each. */
  readonly labels: readonly { readonly label: string; readonly rows: readonly RowPlace[] }[];
}

/** Two texts that are nearly the same, with different labels. */
export interface NearConflict {
  readonly similarity: number;
  readonly texts: readonly (RowPlace & { readonly text: string; readonly label: string })[];
}

/** Rows of the same text that have different labels, over all splits together. */
export interface ConflictReport {
  /** Texts with more than one label. */
  readonly texts: number;
  /** Rows that have such a text. */
  readonly rows: number;
  /** Of all rows. */
  readonly share: number;
  /** Rows that no model of the text can get right: all but those of the text's most frequent label. */
  readonly unavoidableErrors: number;
  readonly samples: readonly Conflict[];
  /** Nearly the same texts whose most frequent labels differ: one word may well decide the label, so look before you change them. */
  readonly near: { readonly pairs: number; readonly rows: number; readonly samples: readonly NearConflict[] };
}

/** Rows of a group by label, the largest first; ties by the first row. */
function byLabel(rows: readonly number[], labels: readonly string[]): (readonly [string, readonly number[]])[] {
  const found = new Map<string, number[]>();
  for (const row of rows) {
    const list = found.get(labels[row]!);
    if (list === undefined) found.set(labels[row]!, [row]);
    else list.push(row);
  }
  return [...found].sort((a, b) => b[1].length - a[1].length || a[1][0]! - b[1][0]!);
}

/** Finds texts, and nearly same texts, under different labels. `top` is the length of the lists of samples. */
export function findConflicts({ rows, groups, pairs }: GroupedRows, top: number): ConflictReport {
  const conflicts: { readonly found: ReturnType<typeof byLabel>; readonly size: number }[] = [];
  let unavoidableErrors = 0;
  const mainLabel = groups.rows.map((group) => {
    if (group.length === 1) return rows.labels[group[0]!]!;
    const found = byLabel(group, rows.labels);
    if (found.length > 1) {
      conflicts.push({ found, size: group.length });
      unavoidableErrors += group.length - found[0]![1].length;
    }
    return found[0]![0];
  });
  const near = pairs.filter(({ a, b }) => mainLabel[a] !== mainLabel[b]);
  const nearRows = new Set(near.flatMap(({ a, b }) => [...groups.rows[a]!, ...groups.rows[b]!]));
  const count = conflicts.reduce((sum, { size }) => sum + size, 0);
  const said = (group: number) => {
    const row = groups.rows[group]!.find((each) => rows.labels[each] === mainLabel[group])!;
    return { ...placeOf(rows, row), text: rows.texts[row]!, label: rows.labels[row]! };
  };
  return {
    texts: conflicts.length,
    rows: count,
    share: rows.texts.length === 0 ? 0 : count / rows.texts.length,
    unavoidableErrors,
    samples: conflicts
      .sort((a, b) => b.size - a.size || a.found[0]![1][0]! - b.found[0]![1][0]!)
      .slice(0, top)
      .map(({ found }) => ({
        text: rows.texts[found[0]![1][0]!]!,
        labels: found.map(([label, list]) => ({ label, rows: list.slice(0, top).map((row) => placeOf(rows, row)) })),
      })),
    near: {
      pairs: near.length,
      rows: nearRows.size,
      samples: near
        .sort((x, y) => y.similarity - x.similarity || x.a - y.a || x.b - y.b)
        .slice(0, top)
        .map(({ a, b, similarity }) => ({ similarity, texts: [said(a), said(b)] })),
    },
  };
}
