/** Σ c[i] · x^(n−1−i) by Horner's rule. */
function polynomial(x: number, coefficients: readonly number[]): number {
  let sum = 0;
  for (const c of coefficients) sum = sum * x + c;
  return sum;
}

// Cody's minimax coefficients, highest power first: |x| ≤ 0.46875 in x², up to 4 in |x|, beyond in 1 / x².
const nearP = [0.18577770618460315, 3.1611237438705655, 113.86415415105016, 377.485237685302, 3209.3775891384694];
const nearQ = [1, 23.601290952344122, 244.02463793444417, 1282.6165260773723, 2844.236833439171];
const middleP = [
  2.1531153547440383e-8, 0.5641884969886701, 8.883149794388377, 66.11919063714163, 298.6351381974001, 881.952221241769,
  1712.0476126340707, 2051.0783778260716, 1230.3393547979972,
];
const middleQ = [
  1, 15.744926110709835, 117.6939508913125, 537.1811018620099, 1621.3895745666903, 3290.7992357334597,
  4362.619090143247, 3439.3676741437216, 1230.3393548037495,
];
const farP = [
  0.016315387137302097, 0.30532663496123236, 0.36034489994980445, 0.12578172611122926, 0.016083785148742275,
  0.0006587491615298378,
];
const farQ = [1, 2.568520192289822, 1.8729528499234673, 0.5279051029514285, 0.06051834131244132, 0.0023352049762686918];

/** e^(−y²), with y² split into a part that is exact and a small rest, so that no digit is lost before the exponential. */
function bell(y: number): number {
  const head = Math.trunc(y * 16) / 16;
  return Math.exp(-head * head) * Math.exp(-(y - head) * (y + head));
}

/**
 * The error function 2/√π ∫₀ˣ e^(−t²) dt, to double precision (absolute error ≤ 1e-15).
 * @remarks W. J. Cody, "Rational Chebyshev approximations for the error function", Math. Comp. 23 (1969), 631–637.
 */
export function erf(x: number): number {
  const y = Math.abs(x);
  if (Number.isNaN(x)) return Number.NaN;
  if (y <= 0.46875) return (x * polynomial(y * y, nearP)) / polynomial(y * y, nearQ);
  const complement = y <= 4 ? bell(y) * (polynomial(y, middleP) / polynomial(y, middleQ)) : farComplement(y);
  return x > 0 ? 1 - complement : complement - 1;
}

/** 1 − erf(y) for y > 4; 0 where it cannot change a double any more. */
function farComplement(y: number): number {
  if (y > 6) return 0;
  const z = 1 / (y * y);
  const correction = (z * polynomial(z, farP)) / polynomial(z, farQ);
  return (bell(y) / y) * (1 / Math.sqrt(Math.PI) - correction);
}
