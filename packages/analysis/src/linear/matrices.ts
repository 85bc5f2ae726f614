import { Matrix } from "ml-matrix";

/** ml-matrix' form of `[rows, columns]` row-major numbers; fresh. */
export function toMatrix(values: ArrayLike<number>, rows: number, columns: number): Matrix {
  const matrix = Matrix.zeros(rows, columns);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) matrix.set(i, j, values[i * columns + j]);
  return matrix;
}

/** `[rows, columns]` row-major numbers of an ml-matrix; fresh. */
export function fromMatrix(matrix: Matrix): Float64Array {
  return Float64Array.from(matrix.to1DArray());
}

/** The `[D, D]` identity, fresh. */
export function identityMatrix(dimension: number): Float64Array {
  const identity = new Float64Array(dimension * dimension);
  for (let d = 0; d < dimension; d++) identity[d * dimension + d] = 1;
  return identity;
}
