import { UsageError } from "./usage-error.ts";

/** True for `-`, and for `-#entry`, a file of a zip archive that comes by stdin. */
export const isStdin = (path: string | null | undefined): boolean => path === "-" || path?.startsWith("-#") === true;

/**
 * Makes sure that at most one of the inputs, by their flags, is stdin.
 * @throws UsageError that names those that are
 */
export function checkOneStdin(inputs: Readonly<Record<string, string | null | undefined>>): void {
  const taken = Object.keys(inputs).filter((flag) => isStdin(inputs[flag]));
  if (taken.length > 1)
    throw new UsageError(`stdin can be read once, and ${taken.join(" and ")} are all "-"; save all but one as files`);
}
