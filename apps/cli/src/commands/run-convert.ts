import type { Io } from "../io.ts";
import { checkOneStdin } from "../options/one-stdin.ts";
import { UsageError } from "../options/usage-error.ts";
import { counted, grouped } from "../output/format.ts";
import { createReadingProgress } from "../output/reading-progress.ts";
import { type Conversion, type ConvertOptions, convertFile } from "../pipeline/convert-file.ts";

interface ConvertFlags extends Omit<ConvertOptions, "onProgress" | "signal"> {
  readonly json?: boolean;
  readonly quiet?: boolean;
}

const shownNotes = 3;

function describe(done: Conversion): string {
  const { input, output, duplicates, skipped, missingWords, firstDuplicates } = done;
  const shown = firstDuplicates.slice(0, shownNotes).map(({ word }) => JSON.stringify(word));
  const more = duplicates > shown.length ? ", …" : "";
  const packed = output.compression === "gzip" ? ", gzip" : "";
  const lines = [
    `read     ${input.file}: ${input.format}, ${grouped(input.rows)} × ${input.dimension}`,
    `wrote    ${output.file}: ${output.format}${output.dtype === "f16" ? ", f16" : ""}${packed}, ${counted(output.rows, "row")}`,
    ...(duplicates > 0
      ? [`left out ${counted(duplicates, "row")} whose word came before: ${shown.join(", ")}${more}`]
      : []),
    ...(skipped.nonFinite > 0 ? [`left out ${counted(skipped.nonFinite, "row")} with NaN or infinity`] : []),
    ...(skipped.unwritable > 0
      ? [`left out ${counted(skipped.unwritable, "word")} that ${output.format} cannot hold`]
      : []),
    ...(missingWords !== null && missingWords > 0
      ? [`${counted(missingWords, "word")} to keep ${missingWords === 1 ? "was" : "were"} not among the rows read`]
      : []),
    ...done.warnings.map((warning) => `note: ${warning}`),
  ];
  return `${lines.join("\n")}\n`;
}

/** A reader that has seen enough (head, less) closes the pipe: no failure of ours. */
const hasClosedPipe = (error: unknown): boolean =>
  error instanceof Error && (error.cause as NodeJS.ErrnoException | undefined)?.code === "EPIPE";

/** `thawline convert` with parsed flags. */
export async function runConvert(input: string, output: string, flags: ConvertFlags & { readonly io: Io }) {
  const { io, json, quiet = false, ...rest } = flags;
  checkOneStdin({ "<in>": input, "--keep-words": flags.keepWords });
  if (output === "-" && json)
    throw new UsageError("--json prints on stdout, where the vectors go: name a file for <out>");
  const signal = io.interrupt?.();
  const progress = createReadingProgress(io, { quiet, doing: "converting" });
  const done = await convertFile(input, output, {
    ...rest,
    onProgress: progress.onProgress,
    ...(signal === undefined ? {} : { signal }),
  })
    .catch((error: unknown) => {
      if (output === "-" && hasClosedPipe(error)) return undefined;
      throw error;
    })
    .finally(progress.clear);
  if (done === undefined) return;
  if (json) io.stdout.write(`${JSON.stringify(done, null, 2)}\n`);
  if (!quiet) io.stderr.write(describe(done));
}
