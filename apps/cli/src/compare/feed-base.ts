import { decodeWord } from "@thawline/vectors";
import { readVectorRowsFile } from "@thawline/vectors/node";
import type { Prepared } from "../pipeline/prepare.ts";
import type { BaseRowListener } from "../run/export-vectors.ts";
import { movedRows } from "../run/moved-rows.ts";

/** Reads the vector file once more for a delta whose table does not hold all of it. */
export async function feedBase(
  { table, aligned, base, settings }: Pick<Prepared, "table" | "aligned" | "base" | "settings">,
  onBaseRow: BaseRowListener,
): Promise<void> {
  const changed = new Map(
    movedRows(table).flatMap((row) => (row <= aligned.fileRows ? [[aligned.words[row]!, row] as const] : [])),
  );
  await readVectorRowsFile(
    base.file,
    {
      begin: () => {},
      row: (values, word) => onBaseRow(word, values, changed.get(decodeWord(word))),
    },
    settings.vectorsFormat === null ? {} : { format: settings.vectorsFormat },
  );
}
