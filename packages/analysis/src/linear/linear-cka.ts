import { crossProduct, sumOfSquares } from "./cross-product.ts";
import { columnMeans, type RowMatrix } from "./row-matrix.ts";

/**
 * Linear centred kernel alignment of two representations of the same N words, in [0, 1]: 1 where they are alike but for
 * rotation, scale and shift, near 0 where one tells nothing of the other. `null` where either has no variance.
 * ‖Yᵀ X‖²_F / (‖Xᵀ X‖_F ‖Yᵀ Y‖_F) with centred columns; `x` `[N, D₁]`, `y` `[N, D₂]`, borrowed. O(N · D₁ · D₂).
 * @remarks Kornblith et al. 2019, "Similarity of neural network representations revisited", section 3 and equation for
 * the linear kernel (their table 1). Biased upwards where N is not much larger than D: compare figures of the same N.
 * @throws RangeError where the two have different numbers of rows
 */
export function linearCka(x: RowMatrix, y: RowMatrix): number | null {
  const means = { x: columnMeans(x), y: columnMeans(y) };
  const cross = sumOfSquares(crossProduct(x, y, means));
  const ownX = Math.sqrt(sumOfSquares(crossProduct(x, x, { x: means.x, y: means.x })));
  const ownY = Math.sqrt(sumOfSquares(crossProduct(y, y, { x: means.y, y: means.y })));
  return ownX === 0 || ownY === 0 ? null : cross / (ownX * ownY);
}
