const ESCAPE = 0xdc00;

/** Coders without state, made on first use: making one costs more than decoding a word. */
let encoder: TextEncoder | undefined;
let strict: TextDecoder | undefined;
let tolerant: TextDecoder | undefined;

/**
 * Decodes a word's bytes as UTF-8, reversibly: a byte that is not part of valid UTF-8 becomes the lone surrogate
 * U+DC80…U+DCFF, so different bytes never give the same string. `encodeWord` gives the bytes back.
 * @remarks Python's "surrogateescape" (PEP 383). A byte order mark is kept as a character.
 */
export function decodeWord(bytes: Uint8Array): string {
  strict ??= new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  try {
    return strict.decode(bytes);
  } catch {
    return decodeEscaped(bytes);
  }
}

/** The bytes of a word: UTF-8, with the escapes of `decodeWord` turned back. Other lone surrogates become U+FFFD, as in `TextEncoder`. */
export function encodeWord(word: string): Uint8Array {
  encoder ??= new TextEncoder();
  if (!hasEscapes(word)) return encoder.encode(word);
  const bytes: number[] = [];
  for (const character of word) {
    const code = character.codePointAt(0)!;
    if (code >= ESCAPE + 0x80 && code <= ESCAPE + 0xff) bytes.push(code - ESCAPE);
    else bytes.push(...encoder.encode(character));
  }
  return Uint8Array.from(bytes);
}

/** True where the word holds a byte that was not valid UTF-8 (see `decodeWord`). */
export function hasEscapes(word: string): boolean {
  for (let at = 0; at < word.length; at++) {
    if (word.charCodeAt(at) < ESCAPE) continue;
    // Rare from here on; the pattern knows which surrogates are paired.
    return /[\uDC80-\uDCFF]/u.test(word);
  }
  return false;
}

/**
 * Decodes many words that stand one behind the other in `bytes`, word i at `offsets[i]..offsets[i + 1]`.
 * Runs of words are decoded by one call, which is several times faster than a call for each.
 */
export function decodeWords(bytes: Uint8Array, offsets: Uint32Array): string[] {
  const count = offsets.length - 1;
  const words = new Array<string>(count);
  const decoder = new TextDecoder("latin1");
  for (let first = 0; first < count; ) {
    let last = first + 1;
    while (last < count && offsets[last + 1] - offsets[first] <= 1 << 16) last++;
    const base = offsets[first];
    // One character per byte, right for ASCII; the other words are decoded by themselves.
    const text = decoder.decode(bytes.subarray(base, offsets[last]));
    for (let index = first; index < last; index++) {
      const start = offsets[index];
      const end = offsets[index + 1];
      words[index] = isAscii(bytes, start, end)
        ? text.slice(start - base, end - base)
        : decodeWord(bytes.subarray(start, end));
    }
    first = last;
  }
  return words;
}

function isAscii(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at] > 0x7f) return false;
  return true;
}

function decodeEscaped(bytes: Uint8Array): string {
  tolerant ??= new TextDecoder("utf-8", { ignoreBOM: true });
  let text = "";
  for (let at = 0; at < bytes.length; ) {
    const length = validSequence(bytes, at);
    if (length === 0) text += String.fromCharCode(ESCAPE + bytes[at++]);
    else {
      text += tolerant.decode(bytes.subarray(at, at + length));
      at += length;
    }
  }
  return text;
}

/** Length of the valid UTF-8 sequence at `at`, 0 where there is none (Unicode 15, table 3-7). */
function validSequence(bytes: Uint8Array, at: number): number {
  const lead = bytes[at];
  if (lead < 0x80) return 1;
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || at + length > bytes.length) return 0;
  const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  if (bytes[at + 1] < low || bytes[at + 1] > high) return 0;
  for (let next = at + 2; next < at + length; next++) if (bytes[next] < 0x80 || bytes[next] > 0xbf) return 0;
  return length;
}
