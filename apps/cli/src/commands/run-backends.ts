import { opNames } from "@thawline/core";
import type { Io } from "../io.ts";
import { textTable } from "../output/text-table.ts";
import { autoBackend, openBackend } from "../pipeline/open-backend.ts";
import { type BackendName, backendNames } from "../pipeline/settings.ts";

interface BackendState {
  readonly name: BackendName;
  readonly works: boolean;
  /** Why not; null where it works. */
  readonly reason: string | null;
  readonly precision: string | null;
  readonly bitReproducible: boolean | null;
  readonly ops: number | null;
}

async function stateOf(name: BackendName): Promise<BackendState> {
  try {
    const backend = await openBackend(name);
    const { precision, bitReproducible, ops } = backend.supports;
    await backend.close();
    return { name, works: true, reason: null, precision, bitReproducible, ops: ops.length };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { name, works: false, reason, precision: null, bitReproducible: null, ops: null };
  }
}

/** `thawline backends` with parsed flags. */
export async function runBackends({ json }: { readonly json?: boolean }, { stdout }: Io): Promise<void> {
  const backends = await Promise.all(backendNames.map(stateOf));
  if (json) {
    stdout.write(`${JSON.stringify({ command: "backends", backends, auto: autoBackend }, null, 2)}\n`);
    return;
  }
  const rows = backends.map(({ name, works, reason, precision, ops }) => [
    name,
    works ? "works" : `does not work: ${reason}`,
    precision ?? "–",
    `${ops ?? 0} of ${opNames.length} ops`,
  ]);
  const table = textTable(["backend", "here", "precision", "supports"], rows);
  stdout.write(`${table}\n\nauto picks ${autoBackend.name}: ${autoBackend.reason}\n`);
}
