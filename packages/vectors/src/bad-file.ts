import { FormatError } from "@thawline/core";

/** Makes the FormatError BAD_VECTOR_FILE, with its location. */
export function badFile(
  message: string,
  at: {
    readonly file?: string | undefined;
    readonly line?: number;
    readonly offset?: number;
    readonly cause?: unknown;
  },
): FormatError {
  const { file, line, offset, cause } = at;
  return new FormatError(
    "BAD_VECTOR_FILE",
    message,
    {
      ...(file === undefined ? {} : { file }),
      ...(line === undefined ? {} : { line }),
      ...(offset === undefined ? {} : { offset }),
    },
    cause === undefined ? undefined : { cause },
  );
}

/** The beginning of some bytes for a message: one line, quoted, at most 60 characters. */
export function excerpt(bytes: Uint8Array, start = 0, end = bytes.length): string {
  const text = new TextDecoder("utf-8").decode(bytes.subarray(start, Math.min(end, start + 60)));
  return JSON.stringify(end - start > 60 ? `${text}…` : text);
}
