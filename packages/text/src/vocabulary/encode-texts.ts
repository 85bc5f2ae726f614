/** Rows of the tokens of N texts, one after the other. */
export interface EncodedTexts {
  /** [T] rows of all texts. */
  readonly ids: Int32Array;
  /** [N + 1]; text `i` has `ids[offsets[i]]` to before `ids[offsets[i + 1]]`. */
  readonly offsets: Int32Array;
  /** Tokens without a row, dropped. */
  readonly droppedTokens: number;
  /** Tokens beyond `maxLength`, cut. */
  readonly truncatedTokens: number;
  readonly truncatedTexts: number;
  /** Texts left without any id, ascending: a head sees a zero vector. */
  readonly empty: readonly number[];
}

/**
 * Turns tokens into rows. A token whose row is negative is dropped; of what remains, the first `maxLength` are kept.
 * The arrays are fresh.
 * @throws RangeError where `maxLength` is no positive integer
 */
export function encodeTexts(
  tokenized: readonly (readonly string[])[],
  rowOf: (token: string) => number,
  options: { readonly maxLength?: number } = {},
): EncodedTexts {
  const { maxLength = Number.MAX_SAFE_INTEGER } = options;
  if (!Number.isSafeInteger(maxLength) || maxLength < 1)
    throw new RangeError(`maxLength is a positive integer, got ${maxLength}`);
  const ids = new Int32Array(tokenized.reduce((sum, tokens) => sum + tokens.length, 0));
  const offsets = new Int32Array(tokenized.length + 1);
  const empty: number[] = [];
  let end = 0;
  let droppedTokens = 0;
  let truncatedTokens = 0;
  let truncatedTexts = 0;
  for (let i = 0; i < tokenized.length; i++) {
    const start = end;
    let beyond = 0;
    for (const token of tokenized[i]!) {
      const row = rowOf(token);
      if (row < 0) droppedTokens++;
      else if (end - start < maxLength) ids[end++] = row;
      else beyond++;
    }
    truncatedTokens += beyond;
    if (beyond > 0) truncatedTexts++;
    if (end === start) empty.push(i);
    offsets[i + 1] = end;
  }
  return { ids: ids.slice(0, end), offsets, droppedTokens, truncatedTokens, truncatedTexts, empty };
}
