/** The public functions under test, of sources or of the built package. */
export type FuzzedApi = Readonly<Record<string, (...given: never[]) => unknown>>;
/** How many inputs of one reader ended how. */
export interface FuzzCounts {
  readonly reader: string;
  readonly runs: number;
  readonly tables: number;
  readonly errors: number;
  readonly slowestMs: number;
  readonly largestAllocation: number;
}
export const readerNames: readonly string[];
/** Reads `runs` mutated inputs. Rejects at the first that ends in anything but a table or a typed error with its place. */
export function fuzzReader(
  api: object,
  reader: string,
  options: { readonly runs: number; readonly seed: number; readonly golden: (name: string) => Uint8Array },
): Promise<FuzzCounts>;
