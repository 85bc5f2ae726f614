/** The two functions of Node's `util` that tfjs-node 4.22 calls and Node 23 removed (tensorflow/tfjs#8609). */
export interface LegacyUtil {
  isNullOrUndefined?: (value: unknown) => boolean;
  isArray?: (value: unknown) => boolean;
}

/** Puts them back where they are missing; leaves Node's own alone. */
export function restoreNodeUtil(util: LegacyUtil): void {
  util.isNullOrUndefined ??= (value) => value === null || value === undefined;
  util.isArray ??= Array.isArray;
}
