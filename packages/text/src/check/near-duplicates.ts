/** When two texts are nearly the same. */
export interface NearOptions {
  /** Least Jaccard similarity of their words. Default 0.8. */
  readonly similarity?: number;
  /** Texts with at least so many words may also differ by one word: changed, added or left out. Default 5. */
  readonly oneWordFrom?: number;
}

/** Two texts that are nearly the same; `a < b`. */
export interface NearPair {
  readonly a: number;
  readonly b: number;
  /** Jaccard similarity of their words, in (0, 1]: words that both have / words of either, repeats counted. */
  readonly similarity: number;
}

/** What `findNearDuplicates` found. */
export interface NearDuplicates {
  /** In ascending order of `b`, then `a`. */
  readonly pairs: readonly NearPair[];
  /** True where a text had more partners than are looked for (100), as the copies of one template do. */
  readonly isTruncated: boolean;
}

/** Partners that are kept for a text, and texts that it is compared with at most. */
const limits = { partners: 100, compared: 20_000 };

/**
 * Words as ascending numbers, the rarest first; the second "the" of a text is another number than its first, so that
 * sets count repeats.
 */
function rarestFirst(words: readonly Int32Array[], frequency: Int32Array): Int32Array[] {
  const ids = new Map<number, number>();
  const counts: number[] = [];
  const numbered = words.map((text) => {
    const seen = new Map<number, number>();
    return Int32Array.from(text, (word) => {
      const repeat = seen.get(word) ?? 0;
      seen.set(word, repeat + 1);
      // Doubles hold word + repeat · 2^31 exactly.
      const key = word + repeat * 2147483648;
      let id = ids.get(key);
      if (id === undefined) {
        id = ids.size;
        ids.set(key, id);
        counts.push(repeat === 0 ? frequency[word]! : 0);
      }
      if (repeat > 0) counts[id]!++;
      return id;
    });
  });
  const order = Int32Array.from({ length: counts.length }, (_, i) => i).sort(
    (x, y) => counts[x]! - counts[y]! || x - y,
  );
  const rank = new Int32Array(order.length);
  order.forEach((id, place) => {
    rank[id] = place;
  });
  return numbered.map((text) => text.map((id) => rank[id]!).sort());
}

/** Common numbers of two ascending lists, or -1 as soon as `needed` is out of reach. */
function overlap(a: Int32Array, b: Int32Array, needed: number): number {
  let common = 0;
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    if (common + Math.min(a.length - i, b.length - j) < needed) return -1;
    const difference = a[i]! - b[j]!;
    if (difference === 0) common++;
    if (difference <= 0) i++;
    if (difference >= 0) j++;
  }
  return common;
}

/** Roundings of τ · n must not ask for a word more. */
const ceil = (x: number): number => Math.ceil(x - 1e-9);

/**
 * Finds every pair of texts with nearly the same words, in any order of words: exactly, no pair is missed or made up by
 * chance (but see `isTruncated`).
 *
 * `words` are the words of each text as numbers, texts pairwise different; `frequency` says how many texts have a word.
 * Two texts of n and m words with o in common are near where o / (n + m − o) ≥ `similarity`, or where both have at least
 * `oneWordFrom` words and o ≥ max(n, m) − 1.
 * @remarks Prefix filtering over the rarest words: Chaudhuri, Ganti and Kaushik 2006; Bayardo, Ma and Srikant 2007
 * ("Scaling up all pairs similarity search"). Two texts that share o of their n words share one of the first n − o + 1
 * in any common order. MinHash would estimate what this knows.
 */
export function findNearDuplicates(
  words: readonly Int32Array[],
  frequency: Int32Array,
  options: NearOptions = {},
): NearDuplicates {
  const { similarity = 0.8, oneWordFrom = 5 } = options;
  if (!(similarity > 0 && similarity <= 1)) throw new RangeError(`similarity is in (0, 1], got ${similarity}`);
  const sets = rarestFirst(words, frequency);
  const prefixOf = (n: number): number => Math.min(n, Math.max(n - ceil(similarity * n) + 1, n >= oneWordFrom ? 2 : 1));
  const neededBy = (n: number, m: number): number => {
    const byJaccard = ceil((similarity / (1 + similarity)) * (n + m));
    const isLong = Math.min(n, m) >= oneWordFrom;
    return isLong ? Math.min(byJaccard, Math.max(n, m) - 1) : byJaccard;
  };
  const postings = new Map<number, number[]>();
  const pairs: NearPair[] = [];
  const lastSeen = new Int32Array(sets.length).fill(-1);
  let isTruncated = false;
  sets.forEach((set, b) => {
    const prefix = prefixOf(set.length);
    const found: NearPair[] = [];
    let compared = 0;
    for (let k = 0; k < prefix; k++) {
      const word = set[k]!;
      let posting = postings.get(word);
      if (posting === undefined) {
        posting = [];
        postings.set(word, posting);
      }
      for (const a of posting) {
        if (lastSeen[a] === b) continue;
        lastSeen[a] = b;
        const other = sets[a]!;
        const needed = neededBy(other.length, set.length);
        if (needed > Math.min(other.length, set.length)) continue;
        if (found.length >= limits.partners || compared >= limits.compared) {
          isTruncated = true;
          break;
        }
        compared++;
        const common = overlap(other, set, needed);
        if (common >= needed) found.push({ a, b, similarity: common / (other.length + set.length - common) });
      }
      posting.push(b);
    }
    found.sort((x, y) => x.a - y.a);
    for (const pair of found) pairs.push(pair);
  });
  return { pairs, isTruncated };
}
