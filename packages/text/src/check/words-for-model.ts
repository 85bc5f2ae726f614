const pattern = /[\p{L}\p{M}\p{N}]+|[^\s\p{L}\p{M}\p{N}]/gu;

/** Words and marks of a text in lower case, as the linear model of the data checks counts them. */
export function wordsForModel(text: string): readonly string[] {
  return text.normalize("NFKC").toLowerCase().match(pattern) ?? [];
}
