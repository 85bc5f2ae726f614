import { BackendError } from "@thawline/core";

/**
 * Loads a runtime's module.
 * @throws BackendError BACKEND_UNAVAILABLE with the command that installs it
 */
export async function loadRuntime<M>(backend: string, install: string, load: () => Promise<M>): Promise<M> {
  try {
    return await load();
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new BackendError(
      "BACKEND_UNAVAILABLE",
      backend,
      `its runtime cannot be loaded (${problem}); run: npm install ${install}`,
      { cause },
    );
  }
}

/** Checks a number of threads. @throws RangeError */
export function expectThreads(threads: number): number {
  if (!Number.isInteger(threads) || threads < 1) throw new RangeError(`threads is an integer ≥ 1, got ${threads}`);
  return threads;
}
