import { ThawlineError } from "@thawline/core";

/** Format of a labelled text file. */
export type DataFormat = "tsv" | "csv" | "jsonl" | "parquet";

/** Every format's name. */
export const dataFormats: readonly DataFormat[] = ["tsv", "csv", "jsonl", "parquet"];

/**
 * Tells the format from a file name's extension; `.gz` at its end is passed over.
 * @throws ThawlineError INVALID_CONFIG for another extension
 */
export function dataFormatOf(name: string): DataFormat {
  const extension = /\.([^./\\]+)$/.exec(name.toLowerCase().replace(/\.gz$/, ""))?.[1];
  if (extension === "ndjson") return "jsonl";
  const format = dataFormats.find((known) => known === extension);
  if (format !== undefined) return format;
  const found = extension === undefined ? "no extension" : `.${extension}`;
  const known = dataFormats.map((each) => `.${each}`).join(", ");
  throw new ThawlineError(
    "INVALID_CONFIG",
    `${name}: expected ${known} (each also with .gz), found ${found}; name the format to force it`,
  );
}
