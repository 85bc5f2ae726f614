// Ten labelled sentences as token ids, and made-up vectors for their words: row 0 is padding.
const sentences = [
  [1, "a warm and honest film"],
  [0, "a cold and empty film"],
  [1, "honest funny and warm"],
  [0, "empty dull and cold"],
  [1, "a funny story"],
  [0, "a dull story"],
  [1, "warm story honest words"],
  [0, "cold story empty words"],
  [1, "funny words"],
  [0, "dull words"],
];
const tokens = sentences.map(([, text]) => text.split(" "));
const words = [...new Set(tokens.flat())].sort();
const offsets = [0];
for (const { length } of tokens) offsets.push(offsets.at(-1) + length);

/** D. */
export const dimension = 8;

/** Examples as core's trainer takes them. */
export const examples = {
  ids: Int32Array.from(tokens.flat(), (word) => words.indexOf(word) + 1),
  offsets: Int32Array.from(offsets),
  labels: Int32Array.from(sentences, ([label]) => label),
};

/** `[V, D]`, made up. */
export function anchor(random) {
  return Float32Array.from({ length: (words.length + 1) * dimension }, (_, i) =>
    i < dimension ? 0 : 0.1 * random.nextNormal(),
  );
}
