import fc from "fast-check";
import type { TokenBatch } from "../src/embedding/entries.ts";
import { identityLookUp, type LookUp } from "../src/embedding/look-up.ts";
import { plainArena } from "../src/embedding/simd/simd-arena.ts";
import { createEmbeddingTable, type EmbeddingTable } from "../src/embedding/table.ts";

/** A table, a look-up and a batch that fit each other. */
export interface LookUpCase {
  readonly table: EmbeddingTable;
  readonly lookUp: LookUp;
  readonly batch: TokenBatch;
  readonly examples: number;
}

/** Ragged token ids of `examples`. */
export function batchOf(examples: readonly (readonly number[])[]): TokenBatch {
  const offsets = Int32Array.of(0, ...examples.map((ids) => ids.length));
  for (let b = 0; b < examples.length; b++) offsets[b + 1] += offsets[b];
  return { ids: Int32Array.from(examples.flat()), offsets };
}

/** Weighted rows of each token. */
export function weightedLookUp(tokens: readonly (readonly (readonly [row: number, weight: number])[])[]): LookUp {
  return {
    kind: "weighted",
    offsets: batchOf(tokens.map((entries) => entries.map(([row]) => row))).offsets,
    rows: Int32Array.from(tokens.flat(), ([row]) => row),
    weights: Float64Array.from(tokens.flat(), ([, weight]) => weight),
  };
}

const rows = 8;
// Multiples of 1 / 64: nothing so small that relative errors lose their meaning.
const number = fc.integer({ min: -128, max: 128 }).map((x) => x / 64);

/** Float64 tables of eight rows, row 0 padding, some rows not active; plain or weighted look-ups; some examples empty. */
export const randomLookUp: fc.Arbitrary<LookUpCase> = fc.integer({ min: 1, max: 5 }).chain((dimension) =>
  fc
    .record({
      anchor: fc.array(number, { minLength: rows * dimension, maxLength: rows * dimension }),
      moved: fc.array(number, { minLength: rows * dimension, maxLength: rows * dimension }),
      activeRows: fc.subarray([1, 2, 3, 4, 5, 6, 7]),
      tokens: fc.array(fc.array(fc.tuple(fc.nat(rows - 1), number), { maxLength: 3 }), {
        minLength: rows,
        maxLength: rows,
      }),
      isWeighted: fc.boolean(),
      examples: fc.array(fc.array(fc.nat(rows - 1), { maxLength: 6 }), { minLength: 1, maxLength: 4 }),
    })
    .map(({ anchor, moved, activeRows, tokens, isWeighted, examples }) => {
      const table = createEmbeddingTable({
        dimension,
        anchor: Float64Array.from(anchor),
        activeRows,
        arena: plainArena(),
      });
      for (let i = 0; i < table.overlay.length; i++) table.overlay[i] = moved[i];
      const lookUp = isWeighted ? weightedLookUp(tokens) : identityLookUp;
      return { table, lookUp, batch: batchOf(examples), examples: examples.length };
    }),
);

/** Rows and weights of one token, padding left out: the definition, in plain lists. */
export function entriesOf({ table, lookUp }: LookUpCase, token: number): [row: number, weight: number][] {
  const all: [number, number][] = [];
  if (lookUp.kind === "identity") all.push([token, 1]);
  else {
    for (let k = lookUp.offsets[token]; k < lookUp.offsets[token + 1]; k++) {
      all.push([lookUp.rows[k], lookUp.weights[k]]);
    }
  }
  return all.filter(([row]) => row !== table.paddingRow);
}

/** Tokens of each example that count: those that look up a row other than padding. */
export function tokensOf(lookUpCase: LookUpCase): number[][] {
  const { batch, examples } = lookUpCase;
  return Array.from({ length: examples }, (_, b) =>
    [...batch.ids.subarray(batch.offsets[b], batch.offsets[b + 1])].filter(
      (id) => entriesOf(lookUpCase, id).length > 0,
    ),
  );
}
