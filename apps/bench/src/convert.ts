import { parseArgs } from "node:util";
import type { VectorDType } from "@thawline/vectors";
import { convertVectorsFile } from "@thawline/vectors/node";
import { peakMegabytes } from "./peak-megabytes.ts";
import { UsageError } from "./usage-error.ts";

/** `bench convert IN OUT [--dtype f16]`: converts a file of vectors and prints seconds, rows and memory. */
export async function convert(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { dtype: { type: "string", default: "f32" } },
    allowPositionals: true,
  });
  const [input, output] = positionals;
  if (input === undefined || output === undefined) throw new UsageError("convert takes IN and OUT");
  if (values.dtype !== "f32" && values.dtype !== "f16") throw new UsageError("--dtype is f32 or f16");
  const before = peakMegabytes();
  const start = performance.now();
  const done = await convertVectorsFile(input, output, { write: { dtype: values.dtype satisfies VectorDType } });
  const figures = {
    peer: "thawline-convert",
    V: done.output.rows,
    dim: done.input.dimension,
    load_s: Number(((performance.now() - start) / 1000).toFixed(3)),
    peak_rss_mb: peakMegabytes(),
    rss_before_mb: before,
  };
  process.stdout.write(`${JSON.stringify(figures)}\n`);
}
