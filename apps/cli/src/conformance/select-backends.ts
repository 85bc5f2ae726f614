import { UsageError } from "../options/usage-error.ts";
import { type BackendName, backendNames } from "../pipeline/backend-names.ts";

/** Which backends to run, and which must not be missing. */
export interface Selection {
  readonly names: readonly BackendName[];
  /** Those whose absence is a failure: named ones, and required ones. */
  readonly required: ReadonlySet<BackendName>;
}

/** Names in CONFORMANCE_REQUIRE: commas between, or `all`. */
function requiredByEnvironment(text: string): readonly BackendName[] {
  const words = text
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "");
  if (words.includes("all")) return backendNames;
  return words.map((word) => {
    const found = backendNames.find((name) => name === word);
    if (found === undefined) throw new UsageError(`CONFORMANCE_REQUIRE: unknown backend "${word}"`);
    return found;
  });
}

/** What the flags and the environment ask for. Without names, or with `all`: every backend, those absent left out. */
export function selectBackends(
  flags: {
    readonly backend?: readonly (BackendName | "all")[];
    readonly require?: readonly (BackendName | "all")[];
  },
  env: Readonly<Record<string, string | undefined>>,
): Selection {
  const expand = (list: readonly (BackendName | "all")[]): readonly BackendName[] =>
    list.includes("all") ? backendNames : (list as readonly BackendName[]);
  const isOpen = flags.backend === undefined || flags.backend.includes("all");
  const named = isOpen ? [] : expand(flags.backend!);
  const required = new Set([
    ...named,
    ...expand(flags.require ?? []),
    ...requiredByEnvironment(env.CONFORMANCE_REQUIRE ?? ""),
  ]);
  const names = isOpen ? backendNames : backendNames.filter((name) => required.has(name));
  return { names, required };
}
