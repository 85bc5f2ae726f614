/** Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours. */
function editDistance(a: string, b: string): number {
  const rows = Array.from({ length: a.length + 1 }, (_, i) => [i, ...new Array<number>(b.length).fill(0)]);
  for (let j = 0; j <= b.length; j++) rows[0]![j] = j;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min(rows[i - 1]![j]! + 1, rows[i]![j - 1]! + 1, rows[i - 1]![j - 1]! + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, rows[i - 2]![j - 2]! + 1);
      rows[i]![j] = best;
    }
  }
  return rows[a.length]![b.length]!;
}

/** The one of `known` (not empty) that is closest to `name`; case, hyphens and underscores do not count. */
export function nearest(name: string, known: readonly string[]): string {
  const plain = (text: string): string => text.toLowerCase().replace(/[-_]/g, "").slice(0, 64);
  const distance = (candidate: string): number => editDistance(plain(name), plain(candidate));
  return known.reduce((best, candidate) => (distance(candidate) < distance(best) ? candidate : best));
}
