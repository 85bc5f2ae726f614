/**
 * Splits text as `clean_str` of Kim 2014 does: everything but ASCII letters, digits and `(),!?'`.:;$%-` becomes a space,
 * clitics and those punctuation marks but the hyphen become tokens of their own.
 * @remarks Kim, "Convolutional Neural Networks for Sentence Classification" (EMNLP 2014), `process_data.py`, in the
 * variant that keeps `.:;$%-`. ASCII only: text in another script comes out empty.
 */
export function splitKim(text: string): string[] {
  const spaced = text
    .replace(/[^A-Za-z0-9(),!?'`.:;$%-]/g, " ")
    .replace(/'s\b/g, " 's")
    .replace(/n't\b/g, " n't")
    .replace(/'ve\b/g, " 've")
    .replace(/'re\b/g, " 're")
    .replace(/'d\b/g, " 'd")
    .replace(/'ll\b/g, " 'll")
    .replace(/([(),!?.:;$%`])/g, " $1 ");
  return spaced.match(/[^ ]+/g) ?? [];
}
