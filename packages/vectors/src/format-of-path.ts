import { vectorFormats } from "./formats/vector-formats.ts";
import type { WritableFormatName } from "./vector-format.ts";

/** The output format that a file name's extension chooses, and whether `.gz` follows it; undefined where it chooses none. */
export function formatOfPath(path: string): {
  readonly format: WritableFormatName | undefined;
  readonly gzip: boolean;
} {
  const lower = path.toLowerCase();
  const gzip = lower.endsWith(".gz");
  const name = gzip ? lower.slice(0, -3) : lower;
  const chosen = Object.values(vectorFormats).find(
    ({ extension }) => extension !== undefined && name.endsWith(extension),
  );
  return { format: chosen?.name as WritableFormatName | undefined, gzip };
}
