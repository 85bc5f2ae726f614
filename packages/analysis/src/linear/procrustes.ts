import { SingularValueDecomposition } from "ml-matrix";
import { crossProduct } from "./cross-product.ts";
import { fromMatrix, toMatrix } from "./matrices.ts";
import { type RowMatrix, samePairCount } from "./row-matrix.ts";

/**
 * The orthogonal matrix R `[D, D]` (rotation or reflection; row-major, fresh) that brings rows x nearest to their
 * partners y: it minimises ‖X R − Y‖_F, and is U Vᵀ of the singular value decomposition of XᵀY. Rows are not centred.
 * @remarks Schönemann 1966, "A generalized solution of the orthogonal Procrustes problem". Where XᵀY has not full rank
 * (fewer rows than D) R is one of several that are equally good for the rows given.
 * @throws RangeError where the two differ in rows or dimension
 */
export function orthogonalProcrustes(x: RowMatrix, y: RowMatrix): Float64Array {
  samePairCount(x, y);
  const { dimension } = x;
  const svd = new SingularValueDecomposition(toMatrix(crossProduct(x, y), dimension, dimension));
  return fromMatrix(svd.leftSingularVectors.mmul(svd.rightSingularVectors.transpose()));
}
