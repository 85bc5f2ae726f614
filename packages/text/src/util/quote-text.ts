/** Quotes text for a message as a JSON string, cut after `limit` UTF-16 code units. */
export function quoteText(text: string, limit = 60): string {
  return JSON.stringify(text.length > limit ? `${text.slice(0, limit)}…` : text);
}
