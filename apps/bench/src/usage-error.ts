const marker = Symbol.for("thawline.bench.usage-error");

/** The command line or the folders it names are not as they should be: shown without a stack, exit code 2. */
export class UsageError extends Error {
  readonly [marker] = true;
  static isInstance(error: unknown): error is UsageError {
    return typeof error === "object" && error !== null && marker in error;
  }
}
