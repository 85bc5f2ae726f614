import type { Backend } from "@thawline/core";
import type { BackendName } from "./settings.ts";

/** The backend that `auto` picks, and why. */
export const autoBackend: { readonly name: BackendName; readonly reason: string } = Object.freeze({
  name: "cpu",
  reason: "it comes with Thawline, runs everywhere and is the fastest built in",
});

/** Opens a backend by name; `auto` is `cpu`. The caller closes it. */
export async function openBackend(name: BackendName | "auto"): Promise<Backend> {
  const chosen = name === "auto" ? autoBackend.name : name;
  switch (chosen) {
    case "cpu":
      return (await import("@thawline/backend-cpu")).cpuBackend();
    case "reference":
      return (await import("@thawline/backend-reference")).referenceBackend();
    default:
      throw new TypeError(`unknown backend ${chosen satisfies never}`);
  }
}
