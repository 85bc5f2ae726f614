/** Labels that look like one label in several spellings. */
export interface LabelSpelling {
  /** The most frequent first. */
  readonly labels: readonly { readonly label: string; readonly rows: number }[];
  /** `form`: case, spaces, `_` or `-`, Unicode form or a mark at the end. `typo`: a rare label, one letter from a frequent one. */
  readonly kind: "form" | "typo";
}

/** What is rare beside what, for a typo to be likely. */
const rare = { rows: 5, timesFewer: 10, letters: 4 };

/** Labels with one key are spellings of each other. A sign in front stays: +1 and -1 differ. */
const keyOf = (label: string): string =>
  label
    .normalize("NFKC")
    .toLowerCase()
    .replace(/(?<=[\p{L}\p{N}])[\s_-]+(?=[\p{L}\p{N}])/gu, " ")
    .replace(/[\s.,;:!"'\u200B-\u200D\uFEFF]+$|^[\s"'\u200B-\u200D\uFEFF]+/gu, "");

/** True where one letter is changed, added, left out, or swapped with its neighbour; never where digits differ. */
function isOneLetterOff(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1 || a === b || a.replace(/\P{N}/gu, "") !== b.replace(/\P{N}/gu, ""))
    return false;
  let start = 0;
  while (start < Math.min(a.length, b.length) && a[start] === b[start]) start++;
  const rest = (text: string, skip: number): string => text.slice(start + skip);
  if (a.length > b.length) return rest(a, 1) === rest(b, 0);
  if (a.length < b.length) return rest(a, 0) === rest(b, 1);
  const isSwap = a[start] === b[start + 1] && a[start + 1] === b[start] && rest(a, 2) === rest(b, 2);
  return isSwap || rest(a, 1) === rest(b, 1);
}

/** Finds labels that are likely one. `counts` are the rows of each label, in all splits. */
export function labelSpellings(counts: ReadonlyMap<string, number>): LabelSpelling[] {
  const byKey = new Map<string, { label: string; rows: number }[]>();
  for (const [label, rows] of counts) {
    const key = keyOf(label);
    const list = byKey.get(key);
    if (list === undefined) byKey.set(key, [{ label, rows }]);
    else list.push({ label, rows });
  }
  const larger = (a: { label: string; rows: number }, b: { label: string; rows: number }): number =>
    b.rows - a.rows || (a.label < b.label ? -1 : 1);
  const groups = [...byKey].map(([key, labels]) => ({
    key,
    labels: labels.sort(larger),
    rows: labels.reduce((sum, each) => sum + each.rows, 0),
  }));
  const forms = groups
    .filter(({ labels }) => labels.length > 1)
    .map(({ labels }): LabelSpelling => ({ labels, kind: "form" }));
  const typos = groups
    .filter(({ key, rows }) => rows <= rare.rows && key.length >= rare.letters)
    .flatMap((group): LabelSpelling[] => {
      const meant = groups.find(
        ({ key, rows }) => rows >= rare.timesFewer * group.rows && isOneLetterOff(key, group.key),
      );
      return meant === undefined ? [] : [{ labels: [meant.labels[0]!, ...group.labels], kind: "typo" }];
    });
  return [...forms, ...typos];
}
