const BLOCK_FLOATS = 1 << 16;

/** Rows of float32 in blocks of about 256 KiB. */
export interface RowBlocks {
  /** Where a row stands; zeros at first. Its block is made on first use. */
  at(row: number): { readonly block: Float32Array; readonly start: number };
  /** Lets go of the blocks that end before `row`, so that rows can be handed on without being held twice. */
  releaseBefore(row: number): void;
}

/** Creates rows of one dimension. */
export function createRowBlocks(dimension: number): RowBlocks {
  const rowsPerBlock = Math.max(1, Math.floor(BLOCK_FLOATS / dimension));
  const blocks: (Float32Array | undefined)[] = [];
  let released = 0;
  return {
    at(row) {
      const number = Math.floor(row / rowsPerBlock);
      const block = (blocks[number] ??= new Float32Array(rowsPerBlock * dimension));
      return { block, start: (row - number * rowsPerBlock) * dimension };
    },
    releaseBefore(row) {
      const number = Math.floor(row / rowsPerBlock);
      for (; released < number; released++) blocks[released] = undefined;
    },
  };
}
