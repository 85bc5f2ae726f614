import { looksLikeOldFastText } from "../fasttext/header.ts";

/** A kind of file that people pass by mistake, and what to do about it. */
interface ForeignFile {
  readonly matches: (bytes: Uint8Array) => boolean;
  readonly message: string;
}

const startsWith =
  (...signature: number[]) =>
  (bytes: Uint8Array) =>
    signature.every((byte, at) => bytes[at] === byte);

const startsWithText = (pattern: RegExp) => (bytes: Uint8Array) =>
  pattern.test(new TextDecoder("latin1").decode(bytes.subarray(0, 200)));

/** Signatures that no vector file we read can begin with. */
const signatures: readonly ForeignFile[] = [
  {
    matches: startsWith(0x50, 0x4b, 0x03, 0x04),
    message: "this is a zip archive within a compressed file; unpack the outer one",
  },
  { matches: startsWith(0x50, 0x4b, 0x05, 0x06), message: "this is an empty zip archive; fetch it again" },
  {
    matches: looksLikeOldFastText,
    message:
      "this is a fastText model from before the format had a version (early 2017); train it again, or save its vectors as text with the fastText that made it and use the .vec file",
  },
  {
    matches: startsWith(0x42, 0x5a, 0x68),
    message: "this is bzip2-compressed; unpack it first (only gzip is read compressed)",
  },
  {
    matches: startsWith(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00),
    message: "this is xz-compressed; unpack it first (only gzip is read compressed)",
  },
  {
    matches: startsWith(0x28, 0xb5, 0x2f, 0xfd),
    message: "this is zstd-compressed; unpack it first (only gzip is read compressed)",
  },
  { matches: startsWith(0x89, 0x48, 0x44, 0x46), message: "this is an HDF5 file; export its vectors as word2vec text" },
  {
    matches: startsWith(0x50, 0x41, 0x52, 0x31),
    message: "this is a Parquet file; export its vectors as word2vec text",
  },
  { matches: startsWith(0x25, 0x50, 0x44, 0x46, 0x2d), message: "this is a PDF, not a vector file" },
  {
    matches: (bytes) => bytes[0] === 0x80 && bytes[1] >= 2 && bytes[1] <= 5,
    message: "this is a Python pickle (a gensim .model or .kv, say); export it with save_word2vec_format",
  },
  {
    matches: startsWithText(/^SQLite format 3\0/),
    message: "this is an SQLite database; export its vectors as word2vec text",
  },
  {
    matches: startsWithText(/^version https:\/\/git-lfs\.github\.com\//),
    message: "this is a git-lfs pointer, not the file itself; run `git lfs pull`",
  },
  {
    matches: startsWithText(/^(\xef\xbb\xbf)?\s*<(!doctype html|html|head|\?xml)[\s>]/i),
    message: "this is a web page, probably an error page saved by a download; fetch the file again",
  },
  { matches: startsWith(0xff, 0xfe), message: "this is UTF-16 text; save it as UTF-8" },
  { matches: startsWith(0xfe, 0xff), message: "this is UTF-16 text; save it as UTF-8" },
];

/** What a file that has a foreign signature is, and what to do; undefined for all others. */
export function describeForeignFile(bytes: Uint8Array): string | undefined {
  return signatures.find(({ matches }) => matches(bytes))?.message;
}

/** What a file that no format recognises seems to be. Its words are weaker than a signature's: asked last. */
export function describeUnknownFile(bytes: Uint8Array): string | undefined {
  if (bytes.includes(0)) {
    return 'this is a binary file of no known kind; known are word2vec binary (its first line is "rows dimension"), fastText .bin, .npy and safetensors';
  }
  if (startsWithText(/^(\xef\xbb\xbf)?\s*[[{]\s*("|\{|\[|-?\d|$)/)(bytes)) {
    return "this looks like JSON (a TensorFlow.js model, say); pass word vectors as GloVe or word2vec text, word2vec binary or safetensors";
  }
  return undefined;
}
