/** A growing byte buffer that writers fill; `take` hands out what has gathered and starts anew. */
export interface ByteBuilder {
  bytes: Uint8Array;
  length: number;
  /** Makes room for `count` more bytes behind `length`; the caller writes them and advances `length`. */
  reserve(count: number): void;
  append(bytes: Uint8Array): void;
  /** The bytes so far (fresh). Empties the builder. */
  take(): Uint8Array;
}

/** Creates an empty builder. */
export function createByteBuilder(capacity = 1 << 16): ByteBuilder {
  const builder: ByteBuilder = {
    bytes: new Uint8Array(capacity),
    length: 0,
    reserve(count) {
      const needed = builder.length + count;
      if (needed <= builder.bytes.length) return;
      const grown = new Uint8Array(Math.max(needed, builder.bytes.length * 2));
      grown.set(builder.bytes.subarray(0, builder.length));
      builder.bytes = grown;
    },
    append(bytes) {
      builder.reserve(bytes.length);
      builder.bytes.set(bytes, builder.length);
      builder.length += bytes.length;
    },
    take() {
      const taken = builder.bytes.slice(0, builder.length);
      builder.length = 0;
      return taken;
    },
  };
  return builder;
}
