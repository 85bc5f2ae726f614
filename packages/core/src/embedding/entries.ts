import type { Random } from "../util/random.ts";
import type { LookUp } from "./look-up.ts";
import type { EmbeddingTable } from "./table.ts";

/**
 * A batch's look-up, ready for the kernels: G groups (an example where pooled, a position otherwise) of weighted rows.
 * `index` is a slot of the overlay, or −1 − row for a row that is not active.
 */
export interface Entries {
  /** G. */
  readonly groups: number;
  /** E. */
  readonly count: number;
  /** `[≥ G + 1]`. */
  readonly offsets: Int32Array;
  /** `[≥ E]`. */
  readonly index: Int32Array;
  /** `[≥ E]`. */
  readonly weights: Float64Array;
}

/** Token ids of a batch, one example after another. */
export interface TokenBatch {
  /** Token ids of all examples. */
  readonly ids: Int32Array;
  /** `[B + 1]`: example b has ids[offsets[b]] … ids[offsets[b + 1] − 1]. */
  readonly offsets: Int32Array;
}

/** Word dropout for one batch: each token is left out with probability `rate`. */
export interface WordDropout {
  readonly rate: number;
  readonly random: Random;
}

/** Turns token ids into entries, in buffers that it keeps: a result is valid until the next call. */
export interface EntryBuilder {
  /**
   * One group an example, weights dividing by its number of tokens (the mean). Padding and tokens without a row to look
   * up are none. An example without tokens has an empty group.
   */
  pooled(batch: TokenBatch, groups: number, dropout?: WordDropout): Entries;
  /** One group a position, `groups` examples of `positions` positions; writes 1 and 0 to `mask` [B, L]. Longer examples are cut. */
  positions(
    batch: TokenBatch,
    shape: { readonly examples: number; readonly positions: number },
    mask: Float32Array | Float64Array,
    dropout?: WordDropout,
  ): Entries;
}

/**
 * A builder for one table and look-up. Padding ids and tokens with an empty look-up are skipped. The look-up's arrays are
 * read anew for each batch, so that it may grow between batches.
 */
export function createEntryBuilder(table: EmbeddingTable, lookUp: LookUp): EntryBuilder {
  const { slotOf, paddingRow } = table;
  let index = new Int32Array(4096);
  let weights = new Float64Array(4096);
  let offsets = new Int32Array(257);
  let kept = new Uint8Array(256);
  let count = 0;

  const reserve = (entries: number, groups: number): void => {
    if (entries > index.length) {
      const size = Math.max(entries, index.length * 2);
      const oldIndex = index;
      const oldWeights = weights;
      index = new Int32Array(size);
      index.set(oldIndex);
      weights = new Float64Array(size);
      weights.set(oldWeights);
    }
    if (groups + 1 > offsets.length) offsets = new Int32Array(Math.max(groups + 1, offsets.length * 2));
  };
  const encode = (row: number): number => {
    const slot = slotOf[row]!;
    return slot >= 0 ? slot : -1 - row;
  };
  const push = (token: number, weight: number): void => {
    if (lookUp.kind === "identity") {
      reserve(count + 1, 0);
      index[count] = encode(token);
      weights[count++] = weight;
      return;
    }
    const start = lookUp.offsets[token]!;
    const end = lookUp.offsets[token + 1]!;
    reserve(count + end - start, 0);
    for (let k = start; k < end; k++) {
      const row = lookUp.rows[k]!;
      if (row === paddingRow) continue;
      index[count] = encode(row);
      weights[count++] = weight * lookUp.weights[k]!;
    }
  };
  /** Whether a token looks anything up: padding does not, nor does a word that no row stands for. */
  const isToken = (id: number): boolean => {
    if (lookUp.kind === "identity") return id !== paddingRow;
    for (let k = lookUp.offsets[id]!; k < lookUp.offsets[id + 1]!; k++) if (lookUp.rows[k] !== paddingRow) return true;
    return false;
  };

  /** Marks the tokens of an example that stay; all of them where dropout would leave none. Returns how many stay. */
  const keep = (batch: TokenBatch, start: number, end: number, dropout: WordDropout | undefined): number => {
    if (end - start > kept.length) kept = new Uint8Array((end - start) * 2);
    let tokens = 0;
    let stay = 0;
    for (let t = start; t < end; t++) {
      const real = isToken(batch.ids[t]!);
      const stays = real && (dropout === undefined || dropout.random.nextFloat() >= dropout.rate);
      kept[t - start] = stays ? 1 : 0;
      tokens += real ? 1 : 0;
      stay += stays ? 1 : 0;
    }
    if (stay > 0 || tokens === 0) return stay;
    for (let t = start; t < end; t++) kept[t - start] = isToken(batch.ids[t]!) ? 1 : 0;
    return tokens;
  };

  return {
    pooled(batch, groups, dropout) {
      const examples = batch.offsets.length - 1;
      reserve(0, groups);
      count = 0;
      for (let b = 0; b < groups; b++) {
        offsets[b] = count;
        if (b >= examples) continue;
        const start = batch.offsets[b]!;
        const end = batch.offsets[b + 1]!;
        const stay = keep(batch, start, end, dropout);
        for (let t = start; t < end; t++) if (kept[t - start]) push(batch.ids[t]!, 1 / stay);
      }
      offsets[groups] = count;
      return { groups, count, offsets, index, weights };
    },
    positions(batch, shape, mask, dropout) {
      const examples = batch.offsets.length - 1;
      const groups = shape.examples * shape.positions;
      reserve(0, groups);
      count = 0;
      mask.fill(0);
      for (let b = 0; b < shape.examples; b++) {
        const start = b < examples ? batch.offsets[b]! : 0;
        const end = b < examples ? Math.min(batch.offsets[b + 1]!, start + shape.positions) : 0;
        if (end > start) keep(batch, start, end, dropout);
        for (let l = 0; l < shape.positions; l++) {
          offsets[b * shape.positions + l] = count;
          // A dropped word leaves a zero vector at its place: windows and order stay as they are.
          if (start + l >= end || !isToken(batch.ids[start + l]!)) continue;
          mask[b * shape.positions + l] = 1;
          if (kept[l]) push(batch.ids[start + l]!, 1);
        }
      }
      offsets[groups] = count;
      return { groups, count, offsets, index, weights };
    },
  };
}
