import { createHash } from "node:crypto";
import { type EmbeddingTable, type FreezePhase, type RowFacts, rowOf, rowsThatMayMove } from "@thawline/core";

/** Proof that rows which had to stay stayed: two hashes over the same rows' bytes. */
export interface FrozenRows {
  /** Pre-trained rows that no phase of the run let move: outside the training text, or frozen by the policy. */
  readonly count: number;
  /** SHA-256 of their bytes in row order, as loaded. */
  readonly sha256Before: string;
  /** The same of the rows that are exported. */
  readonly sha256After: string;
  readonly bitIdentical: boolean;
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array | Float64Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** SHA-256 of the whole anchor: taken before training, it shows afterwards that the anchor itself did not change. */
export function hashAnchor({ anchor }: Pick<EmbeddingTable, "anchor">): string {
  return createHash("sha256").update(bytesOf(anchor)).digest("hex");
}

/** For each row of the table: 1 where some phase that ran may have let it move, whatever it drifted. */
function movableRows(table: EmbeddingTable, phases: readonly FreezePhase[], facts: RowFacts): Uint8Array {
  const movable = new Uint8Array(table.rows);
  for (const phase of phases) {
    const moves = rowsThatMayMove(phase, facts);
    for (const row of table.activeRows) if (moves(row)) movable[row] = 1;
  }
  return movable;
}

/**
 * Hashes the rows that had to stay, as loaded and as they are now. `phases` are those that ran, `anchorSha256` what
 * `hashAnchor` gave before training.
 * @throws Error where the anchor itself was written to, which no policy can explain
 */
export function checkFrozenRows(
  table: EmbeddingTable,
  run: {
    readonly phases: readonly FreezePhase[];
    readonly facts: RowFacts;
    readonly anchorSha256: string;
    /** Rows that were moved after training, on purpose. */
    readonly carried?: ArrayLike<number>;
  },
): FrozenRows {
  if (hashAnchor(table) !== run.anchorSha256) throw new Error("the pre-trained rows in memory were overwritten");
  const { dimension, anchor, pretrained } = table;
  const movable = movableRows(table, run.phases, run.facts);
  for (const row of Array.from(run.carried ?? [])) movable[row] = 1;
  const before = createHash("sha256");
  const after = createHash("sha256");
  let count = 0;
  for (let row = 0; row < table.rows; ) {
    const isFrozen = (r: number): boolean => movable[r] === 0 && r !== table.paddingRow && pretrained?.[r] !== 0;
    if (!isFrozen(row)) {
      row++;
      continue;
    }
    // Runs of rows that are not active are hashed in one go; the active ones come from the overlay.
    let end = row + 1;
    if (table.slotOf[row]! < 0) while (end < table.rows && isFrozen(end) && table.slotOf[end]! < 0) end++;
    before.update(bytesOf(anchor.subarray(row * dimension, end * dimension)));
    after.update(bytesOf(end === row + 1 ? rowOf(table, row) : anchor.subarray(row * dimension, end * dimension)));
    count += end - row;
    row = end;
  }
  const sha256Before = before.digest("hex");
  const sha256After = after.digest("hex");
  return { count, sha256Before, sha256After, bitIdentical: sha256Before === sha256After };
}
