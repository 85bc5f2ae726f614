import { nearestName } from "@thawline/core";
import { badFile } from "../bad-file.ts";
import type { ZipEntry } from "./zip-archive.ts";

const LISTED = 20;

/** Folders and the resource forks that macOS adds hold no vectors. */
const isFile = ({ name }: ZipEntry): boolean => !name.endsWith("/") && !name.startsWith("__MACOSX/");

/**
 * The entry of that name, or without one the only entry.
 * @throws FormatError that lists the entries where the name is not there, or where it is needed
 */
export function chooseEntry(
  entries: readonly ZipEntry[],
  { entry: name, file }: { readonly entry?: string | undefined; readonly file?: string | undefined },
): ZipEntry {
  const files = entries.filter(isFile);
  const only = files[0];
  if (only === undefined) throw badFile("the zip archive holds no file; fetch it again", { file, offset: 0 });
  if (name === undefined) {
    if (files.length === 1) return only;
    throw badFile(
      `the zip archive holds ${files.length} files: say which, as in ${JSON.stringify(`${file ?? "archive.zip"}#${only.name}`)}. There are ${list(files)}`,
      { file, offset: 0 },
    );
  }
  const named = files.filter((each) => each.name === name);
  if (named.length === 1) return named[0]!;
  if (named.length > 1)
    throw badFile(`the zip archive holds ${named.length} files of the name ${JSON.stringify(name)}; pack it again`, {
      file,
      offset: named[1]!.offset,
    });
  const nearest = nearestName(
    name,
    files.map((each) => each.name),
  );
  const hint = nearest === undefined || files.length <= LISTED ? "" : `; the nearest is ${JSON.stringify(nearest)}`;
  throw badFile(`the zip archive holds no file ${JSON.stringify(name)}${hint}. There are ${list(files)}`, {
    file,
    offset: 0,
  });
}

function list(files: readonly ZipEntry[]): string {
  const names = files.slice(0, LISTED).map(({ name }) => name.slice(0, 200));
  return `${names.join(", ")}${files.length > LISTED ? ` and ${files.length - LISTED} more` : ""}`;
}
