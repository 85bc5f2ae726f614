import { CholeskyDecomposition } from "ml-matrix";
import { crossProduct } from "./cross-product.ts";
import { fromMatrix, identityMatrix, toMatrix } from "./matrices.ts";
import { type RowMatrix, rowStart, samePairCount } from "./row-matrix.ts";

/**
 * The linear map A `[D, D]` (row-major, fresh; a row x goes to x A) that brings rows x near their partners y while it
 * stays near the identity: A = I + M with M minimising ‖X M − (Y − X)‖²_F + λ s ‖M‖²_F, s = trace(XᵀX) / D. The scale s
 * makes λ a number without unit: the larger, the nearer to "nothing moves". No intercept.
 * @remarks Ridge regression (Hoerl and Kennard 1970), solved by Cholesky: (XᵀX + λ s I) M = Xᵀ (Y − X).
 * @throws RangeError where the two differ in rows or dimension, λ is not positive, or every x is 0
 */
export function ridgeMap(x: RowMatrix, y: RowMatrix, lambda: number): Float64Array {
  const count = samePairCount(x, y);
  const { dimension } = x;
  if (!(lambda > 0 && lambda < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`lambda is a positive number, got ${lambda}`);
  }
  const difference = new Float64Array(count * dimension);
  for (let i = 0; i < count; i++) {
    const [from, to] = [rowStart(x, i), rowStart(y, i)];
    for (let d = 0; d < dimension; d++) difference[i * dimension + d] = y.data[to + d] - x.data[from + d];
  }
  const gram = crossProduct(x, x);
  let trace = 0;
  for (let d = 0; d < dimension; d++) trace += gram[d * dimension + d];
  if (trace === 0) throw new RangeError("a map needs at least one row that is not 0");
  for (let d = 0; d < dimension; d++) gram[d * dimension + d] += (lambda * trace) / dimension;
  const right = toMatrix(crossProduct(x, { data: difference, dimension }), dimension, dimension);
  const solved = fromMatrix(new CholeskyDecomposition(toMatrix(gram, dimension, dimension)).solve(right));
  const identity = identityMatrix(dimension);
  return solved.map((value, i) => value + identity[i]);
}
