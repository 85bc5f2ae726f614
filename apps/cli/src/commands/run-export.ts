import type { Io } from "../io.ts";
import { UsageError } from "../options/usage-error.ts";
import { grouped } from "../output/format.ts";
import { type ExportOptions, exportModel } from "../pipeline/export-model.ts";

type ExportFlags = Partial<ExportOptions> & { readonly json?: boolean; readonly quiet?: boolean };

/** `thawline export` with parsed flags. */
export async function runExport({ model, format, out, json, quiet }: ExportFlags, io: Io): Promise<void> {
  if (model === undefined) throw new UsageError("expected --model DIR: a folder that finetune wrote");
  if (format === undefined) throw new UsageError("expected --format NAME: what to write");
  if (out === undefined) throw new UsageError("expected --out PATH: where to write it");
  const done = await exportModel({ model, format, out });
  if (json) io.stdout.write(`${JSON.stringify(done, null, 2)}\n`);
  if (!quiet) io.stderr.write(`wrote    ${done.out}: ${done.format}, ${grouped(done.rows)} × ${done.dimension}\n`);
}
