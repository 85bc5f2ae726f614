/** Hash of `bytes[start..end)` (FNV-1a with a final mix, as an int32). */
export function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5 | 0;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ bytes[at], 0x01000193);
  // Open addressing uses the low bits, which plain FNV mixes poorly.
  return hash ^ (hash >>> 15);
}

/** A set of byte strings, numbered 0, 1, … in the order in which they were added. */
export interface ByteIndex {
  readonly size: number;
  /** The number of the string `bytes[start..end)`, or −1. */
  find(bytes: Uint8Array, start: number, end: number): number;
  /** Adds the string (copied) that the caller knows to be absent, and returns its number. */
  add(bytes: Uint8Array, start: number, end: number): number;
  /** All strings, one behind the other (borrowed), and where each begins; `offsets[size]` is the end. */
  content(): { readonly bytes: Uint8Array; readonly offsets: Uint32Array };
}

/**
 * Creates an empty index. Words are compared as bytes and never decoded, so invalid UTF-8 makes no false duplicates
 * and a look-up allocates nothing.
 */
export function createByteIndex(): ByteIndex {
  let slots = new Int32Array(1 << 10);
  let hashes = new Int32Array(1 << 9);
  let offsets = new Uint32Array((1 << 9) + 1);
  let arena = new Uint8Array(1 << 12);
  let size = 0;

  function locate(bytes: Uint8Array, start: number, end: number): number {
    const hash = hashBytes(bytes, start, end);
    const mask = slots.length - 1;
    let slot = hash & mask;
    for (let entry = slots[slot]; entry !== 0; entry = slots[(slot = (slot + 1) & mask)]) {
      if (hashes[entry - 1] === hash && sameBytes(entry - 1, bytes, start, end)) return slot;
    }
    return slot;
  }

  function sameBytes(entry: number, bytes: Uint8Array, start: number, end: number): boolean {
    let at = offsets[entry];
    if (offsets[entry + 1] - at !== end - start) return false;
    for (let other = start; other < end; other++) if (arena[at++] !== bytes[other]) return false;
    return true;
  }

  function growEntries(): void {
    const grownHashes = new Int32Array(hashes.length * 2);
    grownHashes.set(hashes);
    hashes = grownHashes;
    const grownOffsets = new Uint32Array(hashes.length + 1);
    grownOffsets.set(offsets);
    offsets = grownOffsets;
    slots = new Int32Array(hashes.length * 2);
    const mask = slots.length - 1;
    for (let entry = 0; entry < size; entry++) {
      let slot = hashes[entry] & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = entry + 1;
    }
  }

  return {
    get size() {
      return size;
    },
    find(bytes, start, end) {
      return slots[locate(bytes, start, end)] - 1;
    },
    add(bytes, start, end) {
      if (size === hashes.length) growEntries();
      const at = offsets[size];
      if (at + end - start > arena.length) arena = grow(arena, at + end - start);
      for (let from = start, to = at; from < end; ) arena[to++] = bytes[from++];
      slots[locate(bytes, start, end)] = size + 1;
      hashes[size] = hashBytes(bytes, start, end);
      offsets[size + 1] = at + end - start;
      return size++;
    },
    content: () => ({ bytes: arena, offsets: offsets.subarray(0, size + 1) }),
  };
}

function grow(bytes: Uint8Array, needed: number): Uint8Array<ArrayBuffer> {
  const grown = new Uint8Array(Math.max(needed, bytes.length * 2));
  grown.set(bytes);
  return grown;
}
