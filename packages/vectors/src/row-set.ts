/** A set of row numbers that also numbers its members 0, 1, … by ascending row. */
export interface RowSet {
  readonly size: number;
  /** The members, ascending. */
  readonly rows: Int32Array;
  /** The place of a row in `rows`; −1 for a row that is no member. */
  slotOf(row: number): number;
}

/** Makes the set of the rows given, which may repeat. Memory: an eighth of a byte for each row up to the greatest, and 4 bytes a member. */
export function createRowSet(given: Int32Array): RowSet {
  let greatest = -1;
  for (let at = 0; at < given.length; at++) if (given[at] > greatest) greatest = given[at];
  // A signed shift: of no rows the greatest is −1, and there is nothing to mark.
  const bits = new Uint32Array((greatest >> 5) + 1);
  for (let at = 0; at < given.length; at++) bits[given[at] >>> 5] |= 1 << (given[at] & 31);
  const before = new Int32Array(bits.length + 1);
  for (let word = 0; word < bits.length; word++) before[word + 1] = before[word] + countBits(bits[word]);
  const size = greatest < 0 ? 0 : before[bits.length];
  const rows = new Int32Array(size);
  for (let word = 0, slot = 0; slot < size; word++) {
    for (let bit = 0; bit < 32; bit++) if (bits[word] & (1 << bit)) rows[slot++] = word * 32 + bit;
  }
  return {
    size,
    rows,
    slotOf(row) {
      const word = row >>> 5;
      const bit = 1 << (row & 31);
      if (word >= bits.length || (bits[word] & bit) === 0) return -1;
      return before[word] + countBits(bits[word] & (bit - 1));
    },
  };
}

/** Ones in a 32-bit word, by adding ever wider neighbouring fields. */
function countBits(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const nibbles = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
