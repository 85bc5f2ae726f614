import { rowDrift } from "../drift/row-drift.ts";
import type { EmbeddingTable } from "../embedding/table.ts";
import type { FreezePhase, FreezePolicy } from "../policy/policy.ts";
import { compileRowGate } from "../policy/row-gate.ts";
import type { RowFacts } from "../policy/row-rule.ts";
import { floatTensor, type TensorMap, tensor } from "../tensor.ts";

/** Which active rows may move now, and how fast: the phase's rules, and rows that are held whatever the phase. */
export interface TableGate {
  /** `[A]` 1 where a row may not move; `undefined` where every row may. */
  readonly isFrozen: Uint8Array | undefined;
  /** `[A]` multiplier on each row's learning rate; `undefined` where all are 0 or 1. */
  readonly rates: Float64Array | undefined;
  /** Judges the rules of a phase by the table as it is now. */
  apply(phase: FreezePhase): void;
  /** Freezes these slots for good, in every phase to come. */
  hold(slots: Iterable<number>): void;
  /** What a snapshot keeps: held rows, and the rows' rates where they hang on how far the rows had moved. */
  tensors(): TensorMap;
  /** Takes over `tensors()` of a snapshot of the same run, after `apply`. */
  restore(saved: TensorMap): void;
}

const ratesTensor = "embeddings.rates";
const heldTensor = "embeddings.held";

/** Facts about a table's rows for rules, its present drift among them. */
export function factsOf(table: EmbeddingTable, known: Pick<RowFacts, "counts" | "words" | "labels">): RowFacts {
  const { dimension, anchor, overlay, slotOf } = table;
  return {
    ...known,
    rows: table.rows,
    pretrained: table.pretrained,
    drift: (row) => {
      const slot = slotOf[row]!;
      const before = { values: anchor, at: row * dimension };
      return rowDrift(before, slot < 0 ? before : { values: overlay, at: slot * dimension }, dimension);
    },
  };
}

/**
 * A gate for a table under a policy, before its first phase is applied.
 * @throws PolicyError INVALID_POLICY where a rule of any phase cannot be judged: it should not stop a run halfway
 */
export function createTableGate(table: EmbeddingTable, policy: FreezePolicy, facts: RowFacts): TableGate {
  const { activeRows } = table;
  const gates = new Map(policy.phases.map((phase) => [phase, compileRowGate(phase, facts)]));
  const held = new Uint8Array(activeRows.length);
  let hasHeld = false;
  /** `[A]` by the phase's rules alone. */
  let ofPhase: Float64Array | undefined;
  let changes = false;
  let isFrozen: Uint8Array | undefined;
  let rates: Float64Array | undefined;

  const combine = (): void => {
    isFrozen = undefined;
    rates = undefined;
    if (ofPhase === undefined && !hasHeld) return;
    isFrozen = Uint8Array.from(held, (isHeld, slot) => (isHeld !== 0 || ofPhase?.[slot] === 0 ? 1 : 0));
    if (ofPhase?.some((rate) => rate !== 0 && rate !== 1)) rates = ofPhase;
  };

  return {
    get isFrozen() {
      return isFrozen;
    },
    get rates() {
      return rates;
    },
    apply(phase) {
      const gate = gates.get(phase)!;
      changes = gate.changes;
      ofPhase = gate.restricts ? Float64Array.from(activeRows, (row) => gate.rateOf(row)) : undefined;
      combine();
    },
    hold(slots) {
      for (const slot of slots) held[slot] = 1;
      hasHeld = true;
      combine();
    },
    tensors: () => ({
      ...(changes && ofPhase !== undefined ? { [ratesTensor]: floatTensor([ofPhase.length], ofPhase.slice()) } : {}),
      ...(hasHeld ? { [heldTensor]: tensor("int32", [held.length], Int32Array.from(held)) } : {}),
    }),
    restore(saved) {
      const savedRates = saved[ratesTensor];
      const savedHeld = saved[heldTensor];
      if (changes && savedRates !== undefined) ofPhase = Float64Array.from(savedRates.data);
      hasHeld = savedHeld !== undefined;
      if (savedHeld === undefined) held.fill(0);
      else held.set(savedHeld.data);
      combine();
    },
  };
}
