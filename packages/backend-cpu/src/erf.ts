/**
 * The error function to float32 precision: an odd rational function, x · P(x²) / Q(x²), on [−4, 4], beyond which a
 * float32 cannot tell erf from ±1.
 * @remarks Minimax coefficients as in Eigen's and XLA's float32 `erf`; absolute error below 2e-7, which a test holds.
 */
export function erf(x: number): number {
  if (x > 4) return 1;
  if (x < -4) return -1;
  const z = x * x;
  let p = -2.72614225801306e-10;
  p = p * z + 2.77068142495902e-8;
  p = p * z - 2.10102402082508e-6;
  p = p * z - 5.69250639462346e-5;
  p = p * z - 7.3499063032685e-4;
  p = p * z - 2.95459980854025e-3;
  p = p * z - 1.60960333262415e-2;
  let q = -1.45660718464996e-5;
  q = q * z - 2.13374055278905e-4;
  q = q * z - 1.68282697438203e-3;
  q = q * z - 7.37332916720468e-3;
  q = q * z - 1.42647390514189e-2;
  return (x * p) / q;
}
