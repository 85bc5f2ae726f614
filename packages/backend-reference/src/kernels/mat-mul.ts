import { sizeOf } from "@thawline/core";
import type { Kernels } from "./kernel.ts";

/** Y[n, i, j] = Σ_k A[n, i, k] B[n, k, j], over all leading extents n; the empty sum (K = 0) is 0. */
export const matMulKernels: Kernels<"MatMul"> = {
  MatMul: ([a, b], _, output) => {
    const rank = a.shape.length;
    const [M, K, N] = [a.shape[rank - 2], a.shape[rank - 1], b.shape[rank - 1]];
    const matrices = sizeOf(a.shape.slice(0, rank - 2));
    const result = new Float64Array(sizeOf(output.shape));
    for (let n = 0; n < matrices; n++) {
      for (let i = 0; i < M; i++) {
        for (let j = 0; j < N; j++) {
          let sum = 0;
          for (let k = 0; k < K; k++) sum += a.data[(n * M + i) * K + k] * b.data[(n * K + k) * N + j];
          result[(n * M + i) * N + j] = sum;
        }
      }
    }
    return result;
  },
};
