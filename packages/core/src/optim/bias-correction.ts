const tableSize = 4096;

/** 1 − βᵗ for whole t ≥ 1, remembered: a power for each row of each step would cost more than the row's update. */
export function createBiasCorrection(beta: number): (t: number) => number {
  const known = new Float64Array(tableSize);
  return (t) => {
    if (t >= tableSize) return 1 - beta ** t;
    const old = known[t]!;
    if (old !== 0) return old;
    const correction = 1 - beta ** t;
    known[t] = correction;
    return correction;
  };
}
