/** Finds a word's position, as it stands or else lower-cased; `undefined` where the list has neither. */
export function createWordFinder(words: readonly string[]): (word: string) => number | undefined {
  const positions = new Map<string, number>();
  for (let i = 0; i < words.length; i++) if (!positions.has(words[i])) positions.set(words[i], i);
  return (word) => positions.get(word) ?? positions.get(word.toLowerCase());
}
