/** What of a model's settings decides the n-gram rows. */
export interface SubwordSettings {
  /** Shortest and longest n-gram, in code points; no n-grams where `maxn` is 0. */
  readonly minn: number;
  readonly maxn: number;
  /** Number of hash buckets. */
  readonly bucket: number;
}

/**
 * fastText's hash of `bytes[start..end)`, as an uint32: FNV-1a, except that each byte is sign-extended first, so that
 * plain FNV gives other rows for everything that is not ASCII.
 * @remarks fastText `Dictionary::hash`: `h ^= uint32_t(int8_t(byte)); h *= 16777619`
 */
export function fastTextHash(bytes: Uint8Array, start = 0, end = bytes.length): number {
  let hash = 0x811c9dc5 | 0;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ ((bytes[at] << 24) >> 24), 16_777_619);
  return hash >>> 0;
}

/**
 * The buckets of a word's n-grams in fastText's order: n-grams of `minn` to `maxn` code points of `<word>`, without
 * the single characters at either end. `</s>`, the end of a line, has none.
 * @remarks fastText `Dictionary::computeSubwords`; Bojanowski et al. 2017, "Enriching Word Vectors with Subword Information"
 */
export function subwordBuckets(word: Uint8Array, { minn, maxn, bucket }: SubwordSettings): number[] {
  const buckets: number[] = [];
  if (maxn <= 0 || bucket <= 0 || isEndOfLine(word)) return buckets;
  const bytes = new Uint8Array(word.length + 2);
  bytes[0] = 0x3c;
  bytes.set(word, 1);
  bytes[word.length + 1] = 0x3e;
  for (let start = 0; start < bytes.length; start++) {
    if (isContinuation(bytes[start])) continue;
    let end = start;
    for (let length = 1; end < bytes.length && length <= maxn; length++) {
      end++;
      while (end < bytes.length && isContinuation(bytes[end])) end++;
      if (length < minn || (length === 1 && (start === 0 || end === bytes.length))) continue;
      buckets.push(fastTextHash(bytes, start, end) % bucket);
    }
  }
  return buckets;
}

/**
 * The buckets of the word n-grams (2 to `wordNgrams` words) of a line whose words have these hashes.
 * @remarks fastText `Dictionary::addWordNgrams`: `h = h * 116049371 + hash_j` in uint64, each hash sign-extended from
 * int32. 64-bit products do not fit a number, hence BigInt.
 */
export function wordNgramBuckets(hashes: readonly number[], wordNgrams: number, bucket: number): number[] {
  const buckets: number[] = [];
  const extended = hashes.map((hash) => BigInt(hash | 0));
  for (let first = 0; first < hashes.length; first++) {
    let hash = BigInt.asUintN(64, extended[first]);
    for (let next = first + 1; next < hashes.length && next < first + wordNgrams; next++) {
      hash = BigInt.asUintN(64, hash * 116_049_371n + extended[next]);
      buckets.push(Number(hash % BigInt(bucket)));
    }
  }
  return buckets;
}

function isEndOfLine(word: Uint8Array): boolean {
  return word.length === 4 && word[0] === 0x3c && word[1] === 0x2f && word[2] === 0x73 && word[3] === 0x3e;
}

function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}
