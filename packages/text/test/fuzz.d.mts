/** How many inputs ended how. */
export interface FuzzCounts {
  readonly runs: number;
  readonly datasets: number;
  readonly errors: number;
  readonly slowestMs: number;
  readonly largestArray: number;
}
/** Reads `runs` mutated inputs. Rejects at the first that ends in anything but rows or a typed error with its place. */
export function fuzzParquet(
  api: object,
  options: { readonly runs: number; readonly seed: number },
): Promise<FuzzCounts>;
