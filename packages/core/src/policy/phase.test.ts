import { describe, expect, it } from "vitest";
import { shouldStop } from "./early-stopping.ts";
import { epochsWithoutGain, phaseAt } from "./phase.ts";
import { type FreezePolicy, frozenPolicy, gradualPolicy, type PhaseEnd } from "./policy.ts";

const two = (until: PhaseEnd): FreezePolicy => gradualPolicy({ until });

/** Phase before each epoch, as the history grows. */
const phases = (policy: FreezePolicy, history: readonly number[]): number[] =>
  Array.from({ length: history.length + 1 }, (_, done) => phaseAt(policy, history.slice(0, done)).phase);

describe("phaseAt", () => {
  it("ends a phase after some epochs", () => {
    expect(phases(two({ kind: "epochs", epochs: 2 }), [5, 4, 3, 2])).toEqual([0, 0, 1, 1, 1]);
    expect(phaseAt(two({ kind: "epochs", epochs: 2 }), [5, 4, 3])).toEqual({ phase: 1, epochsInPhase: 1 });
  });

  it("ends a phase on a plateau", () => {
    const policy = two({ kind: "plateau", patience: 2 });
    // Gains at epochs 1, 2 and 4; epochs 5 and 6 have none. Equal is no gain.
    expect(phases(policy, [5, 4, 4.5, 3, 3, 3.5, 2])).toEqual([0, 0, 0, 0, 0, 0, 1, 1]);
  });

  it("counts only gains of more than minDelta", () => {
    const policy = two({ kind: "plateau", patience: 1, minDelta: 0.5 });
    expect(phases(policy, [5, 4.5])).toEqual([0, 0, 1]);
    expect(phases(policy, [5, 4.4, 3.8, 3.4])).toEqual([0, 0, 0, 0, 1]);
  });

  it("lets minDelta add up: small gains count once their sum is more", () => {
    const policy = two({ kind: "plateau", patience: 2, minDelta: 0.5 });
    // 4.7 is no gain on 5, but 4.4 is one.
    expect(phases(policy, [5, 4.7, 4.4, 4.1])).toEqual([0, 0, 0, 0, 0]);
  });

  it("ends a phase after maxEpochs at the latest", () => {
    const policy = two({ kind: "plateau", patience: 5, maxEpochs: 3 });
    expect(phases(policy, [5, 4, 3, 2])).toEqual([0, 0, 0, 1, 1]);
  });

  it("judges each phase by its own epochs", () => {
    const policy: FreezePolicy = {
      name: "three",
      phases: [
        { name: "a", learningRates: {}, until: { kind: "epochs", epochs: 1 } },
        { name: "b", learningRates: {}, until: { kind: "plateau", patience: 1 } },
        { name: "c", learningRates: {} },
      ],
    };
    // Epoch 2 is worse than epoch 1, but the first of its phase.
    expect(phases(policy, [1, 9, 8, 8, 1])).toEqual([0, 1, 1, 1, 2, 2]);
    expect(phaseAt(policy, [1, 9, 8, 8, 1])).toEqual({ phase: 2, epochsInPhase: 1 });
  });

  it("takes NaN for no gain", () => {
    expect(phases(two({ kind: "plateau", patience: 1 }), [1, Number.NaN])).toEqual([0, 0, 1]);
  });

  it("stays in a single phase", () => {
    expect(phaseAt(frozenPolicy, [1, 2, 3])).toEqual({ phase: 0, epochsInPhase: 3 });
  });
});

describe("epochsWithoutGain", () => {
  it("counts from the last gain", () => {
    expect(epochsWithoutGain([], 0)).toBe(0);
    expect(epochsWithoutGain([3], 0)).toBe(0);
    expect(epochsWithoutGain([3, 2, 2, 2.5], 0)).toBe(2);
    expect(epochsWithoutGain([3, 2, 1.9, 1.4], 0.5)).toBe(0);
    expect(epochsWithoutGain([3, 2, 1.9, 1.6], 0.5)).toBe(2);
  });
});

describe("shouldStop", () => {
  const gradual = two({ kind: "epochs", epochs: 2 });

  it("waits for its patience in the last phase", () => {
    const history = [5, 4, 3, 2, 2, 2];
    expect(history.map((_, i) => shouldStop({ patience: 2 }, gradual, history.slice(0, i + 1)))).toEqual([
      false,
      false,
      false,
      false,
      false,
      true,
    ]);
  });

  it("never stops in an earlier phase", () => {
    const long = two({ kind: "plateau", patience: 10 });
    expect(shouldStop({ patience: 1 }, long, [1, 2, 3, 4])).toBe(false);
  });

  it("takes the best of all epochs for its bar", () => {
    // Phase 2 improves on itself, but never on the frozen phase's 1.
    expect(shouldStop({ patience: 2 }, gradual, [1, 2, 4, 3])).toBe(true);
    expect(shouldStop({ patience: 2 }, gradual, [4, 5, 4.5, 3])).toBe(false);
  });

  it("counts only gains of more than minDelta", () => {
    expect(shouldStop({ patience: 2 }, frozenPolicy, [1, 0.9, 0.8])).toBe(false);
    expect(shouldStop({ patience: 2, minDelta: 0.3 }, frozenPolicy, [1, 0.9, 0.8])).toBe(true);
  });

  it("does not stop before the first epoch", () => {
    expect(shouldStop({ patience: 1 }, frozenPolicy, [])).toBe(false);
  });
});
