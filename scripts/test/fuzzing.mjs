// What the packages' fuzzers share: seeded numbers, edits of bytes, and a watch over what is allocated.

/** Integers at which sizes and signs turn over. */
export const edges = [0, 1, -1, 127, 128, 255, 256, 32767, 65535, 65536, 2 ** 24, 2 ** 31 - 1, -(2 ** 31)];

/** mulberry32: 2^32 states are enough here, and every run can be had again from its seed. Numbers in [0, 1). */
export function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A copy of `bytes` with `inserted` in place of `removed` bytes from `at`. */
export function splice(bytes, at, removed, inserted) {
  const end = Math.min(bytes.length, at + removed);
  const result = new Uint8Array(at + inserted.length + bytes.length - end);
  result.set(bytes.subarray(0, at));
  result.set(inserted, at);
  result.set(bytes.subarray(end), at + inserted.length);
  return result;
}

const watched = [
  "ArrayBuffer",
  "Uint8Array",
  "Uint16Array",
  "Int32Array",
  "Uint32Array",
  "BigInt64Array",
  "Float32Array",
  "Float64Array",
  "Array",
];

/** Makes every array made by a count known, and refuses those beyond the cap, until `stop`. */
export function watchAllocations(cap) {
  const originals = watched.map((name) => globalThis[name]);
  let largest = 0;
  for (const [index, name] of watched.entries()) {
    const original = originals[index];
    const width = original.BYTES_PER_ELEMENT ?? (name === "Array" ? 8 : 1);
    globalThis[name] = new Proxy(original, {
      construct(target, given, newTarget) {
        if (typeof given[0] === "number") {
          const bytes = given[0] * width;
          if (bytes > largest) largest = bytes;
          if (bytes > cap) throw new Error(`${name} of ${bytes} bytes is beyond the cap of ${cap}`);
        }
        return Reflect.construct(target, given, newTarget === globalThis[name] ? target : newTarget);
      },
    });
  }
  return {
    largest: () => largest,
    stop() {
      for (const [index, name] of watched.entries()) globalThis[name] = originals[index];
    },
  };
}
