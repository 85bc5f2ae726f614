import { createHash } from "node:crypto";
import { type EmbeddingTable, type LookUp, ThawlineError } from "@thawline/core";
import { alignmentChecksum, rowChecksums, verifyAlignment, verifyRowChecksums } from "@thawline/text";

/** What ties words to rows and their content, taken when both had just been compared with the vectors they came from. */
export interface AlignmentProof {
  /** Checksum over word → row; padding has none. */
  readonly words: string;
  /** [V] checksum of each row of the table over its name and its content as loaded. */
  readonly rows: Uint32Array;
  /** Checksum over token → weighted rows; of the plain look-up "". */
  readonly tokens: string;
}

/** One line for a proof, as checkpoints keep it. */
export function alignmentKey({ words, rows, tokens }: AlignmentProof): string {
  const content = createHash("sha256").update(new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength));
  return [words, content.digest("hex"), tokens].join(" ");
}

/** Words, rows and look-up that belong together. */
export interface Alignment {
  /** [V] word of each row of the table; row 0 is padding. */
  readonly words: readonly string[];
  readonly table: Pick<EmbeddingTable, "anchor" | "dimension">;
  readonly lookUp: LookUp;
  /** [T] token of each id of a weighted look-up. */
  readonly tokenNames: readonly string[];
}

const anchorRows = ({ words, table: { anchor, dimension } }: Alignment) => ({
  words,
  dimension,
  rowOf: (row: number) => anchor.subarray(row * dimension, (row + 1) * dimension) as Float32Array,
});

/** A line for each token: its name, its rows and their weights. */
function describeTokens({ lookUp, tokenNames }: Alignment): string[] {
  if (lookUp.kind === "identity") return [];
  const { offsets, rows, weights } = lookUp;
  return tokenNames.map((name, token) => {
    const [start, end] = [offsets[token], offsets[token + 1]];
    return `${name}\u0000${rows.subarray(start, end).join()}\u0000${weights.subarray(start, end).join()}`;
  });
}

const tokensChecksum = (alignment: Alignment): string =>
  alignment.lookUp.kind === "identity" ? "" : alignmentChecksum(describeTokens(alignment));

/** Takes the proof. To be called where words and rows are known to belong together. */
export function proveAlignment(alignment: Alignment): AlignmentProof {
  return {
    words: alignmentChecksum(alignment.words.slice(1)),
    rows: rowChecksums(anchorRows(alignment)),
    tokens: tokensChecksum(alignment),
  };
}

/**
 * Verifies that words, rows and look-up are still those that the proof was taken of.
 * @param where the stage, for the message
 * @throws ThawlineError ALIGNMENT_MISMATCH naming a row that does not belong to its word
 */
export function verifyProof(proof: AlignmentProof, alignment: Alignment, where: string): void {
  // Rows first: the message then says which word lost its vector, and where it is.
  verifyRowChecksums({ ...anchorRows(alignment), checksums: proof.rows, where });
  verifyAlignment({ words: alignment.words.slice(1), checksum: proof.words, where });
  if (tokensChecksum(alignment) === proof.tokens) return;
  throw new ThawlineError(
    "ALIGNMENT_MISMATCH",
    `${where}: tokens and rows do not belong together: the look-up of the ${alignment.tokenNames.length} tokens is not the one that the rows were read for. Take words and vectors from one run, unchanged`,
  );
}

/**
 * Verifies that the id of each token is that of its own row.
 * @throws ThawlineError ALIGNMENT_MISMATCH
 */
export function verifyIds(
  tokens: Iterable<string>,
  rule: {
    readonly idOf: (token: string) => number;
    /** Name of each id. */
    readonly names: readonly string[];
    /** Id that stands for all unknown words, or −1. */
    readonly unknownId: number;
    readonly where: string;
  },
): void {
  for (const token of tokens) {
    const id = rule.idOf(token);
    if (id < 0 || id === rule.unknownId) continue;
    const name = rule.names[id];
    if (name === token || name === token.toLowerCase()) continue;
    throw new ThawlineError(
      "ALIGNMENT_MISMATCH",
      `${rule.where}: the token ${JSON.stringify(token)} has id ${id}, which is that of ${JSON.stringify(name)}: words and rows do not belong together. Take words and vectors from one run, unchanged`,
    );
  }
}
