/** First 32 bits of the fractional parts of the cube (square) roots of the first primes: FIPS 180-4, sections 4.2.2 and 5.3.3. */
function primeRootBits(count: number, root: (n: number) => number): Int32Array {
  const bits = new Int32Array(count);
  for (let candidate = 2, found = 0; found < count; candidate++) {
    let isPrime = true;
    for (let d = 2; d * d <= candidate && isPrime; d++) isPrime = candidate % d !== 0;
    if (isPrime) bits[found++] = Math.floor((root(candidate) % 1) * 4294967296);
  }
  return bits;
}

const rotate = (x: number, n: number): number => (x >>> n) | (x << (32 - n));

/** Mixes one block of 64 bytes at `at` into `state` [8]. `w` [64] is scratch. */
function compress(state: Int32Array, bytes: DataView, at: number, { k, w }: Record<"k" | "w", Int32Array>): void {
  for (let i = 0; i < 16; i++) w[i] = bytes.getInt32(at + 4 * i);
  for (let i = 16; i < 64; i++) {
    const x = w[i - 15]!;
    const y = w[i - 2]!;
    const s0 = rotate(x, 7) ^ rotate(x, 18) ^ (x >>> 3);
    const s1 = rotate(y, 17) ^ rotate(y, 19) ^ (y >>> 10);
    w[i] = (w[i - 16]! + s0 + w[i - 7]! + s1) | 0;
  }
  let a = state[0]!;
  let b = state[1]!;
  let c = state[2]!;
  let d = state[3]!;
  let e = state[4]!;
  let f = state[5]!;
  let g = state[6]!;
  let h = state[7]!;
  for (let i = 0; i < 64; i++) {
    const s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + k[i]! + w[i]!) | 0;
    const s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  state[0]! += a;
  state[1]! += b;
  state[2]! += c;
  state[3]! += d;
  state[4]! += e;
  state[5]! += f;
  state[6]! += g;
  state[7]! += h;
}

/** A hash that bytes are fed to in pieces. */
export interface Sha256 {
  /** Takes the first `length` bytes (default all), which are borrowed for the call. */
  update(bytes: Uint8Array, length?: number): void;
  /** Returns 64 lower-case hexadecimal digits; nothing may be fed afterwards. */
  digest(): string;
}

/**
 * Makes a SHA-256 that is synchronous and runs everywhere: WebCrypto's is asynchronous and wants all bytes at once.
 * @remarks FIPS 180-4, section 6.2.
 */
export function createSha256(): Sha256 {
  const tables = { k: primeRootBits(64, Math.cbrt), w: new Int32Array(64) };
  const state = primeRootBits(8, Math.sqrt);
  const block = new Uint8Array(64);
  const blockView = new DataView(block.buffer);
  let filled = 0;
  let total = 0;
  const update = (bytes: Uint8Array, length = bytes.length): void => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, length);
    total += length;
    let at = 0;
    while (at < length) {
      if (filled === 0 && length - at >= 64) {
        compress(state, view, at, tables);
        at += 64;
        continue;
      }
      const taken = Math.min(64 - filled, length - at);
      block.set(bytes.subarray(at, at + taken), filled);
      filled += taken;
      at += taken;
      if (filled < 64) continue;
      compress(state, blockView, 0, tables);
      filled = 0;
    }
  };
  const digest = (): string => {
    const bits = total * 8;
    const padding = new Uint8Array(((119 - (total % 64)) % 64) + 9);
    padding[0] = 0x80;
    const view = new DataView(padding.buffer);
    view.setUint32(padding.length - 8, Math.floor(bits / 4294967296));
    view.setUint32(padding.length - 4, bits >>> 0);
    update(padding);
    return Array.from(state, (word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
  };
  return { update, digest };
}
