import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Case } from "./cases.ts";
import type { Figures } from "./run-peer.ts";
import { writeSomeWords } from "./words-file.ts";

const bench = fileURLToPath(new URL("./main.js", import.meta.url));
const WANTED = 20_000;
const DIMENSION = 100;
/** What reading may take beside the rows kept, and on top of them for room to grow. */
const FREE_MEGABYTES = 64;
const GROWTH = 1.25;

/** Our readers and gensim's on the same files: all rows of text and binary, and some rows of text. */
export async function readersCase(
  scripts: string,
  prepared: string,
  { need, gensimPython }: { need(base: string, ...path: string[]): string; gensimPython: string },
): Promise<Case> {
  const [text, binary] = [need(prepared, "data", "wink.vec"), need(prepared, "data", "wink.bin")];
  const words = join(prepared, "data", `wink.words-${WANTED}.txt`);
  if (!existsSync(words)) await writeSomeWords(text, words, WANTED);
  const gensim = need(scripts, "peer_gensim.py");
  const folder = process.cwd();
  const ours = (name: string, file: string, kind: string, ...flags: string[]) => ({
    name,
    argv: [process.execPath, bench, "load", file, kind, ...flags] as const,
    folder,
  });
  const peer = (name: string, file: string, kind: string) => ({
    name,
    argv: [gensimPython, gensim, file, kind] as const,
    folder,
  });
  const names = {
    text: "thawline, text",
    some: `thawline, ${WANTED} words of text`,
    binary: "thawline, binary",
    gensimText: "gensim, text",
    gensimBinary: "gensim, binary",
  };
  /** Peak above start-up, as a share of what is allowed. */
  const memory = ({ peak_rss_mb, rss_before_mb, V }: Figures): number =>
    (peak_rss_mb - rss_before_mb!) / (GROWTH * ((V * DIMENSION * 4) / 2 ** 20) + FREE_MEGABYTES);
  const memoryRatio = (name: string) => ({
    what: `peak memory above start-up / (1.25 × rows kept + 64 MB), ${name}`,
    of: (f: (name: string) => Figures) => memory(f(name)),
    bound: { atMost: 1 },
  });
  return {
    title: "Reading 341,479 × 100 (page cache warm)",
    commands: [
      ours(names.text, text, "text"),
      ours(names.some, text, "text", "--words", words),
      peer(names.gensimText, text, "text"),
      ours(names.binary, binary, "binary"),
      peer(names.gensimBinary, binary, "binary"),
    ],
    ratios: [
      {
        what: "text, gensim's time / ours",
        of: (f) => f(names.gensimText).load_s / f(names.text).load_s,
        bound: { atLeast: 6 },
      },
      {
        what: `${WANTED} words of text, gensim's time for all / ours`,
        of: (f) => f(names.gensimText).load_s / f(names.some).load_s,
        bound: { atLeast: 25 },
      },
      {
        what: "binary, gensim's time / ours",
        of: (f) => f(names.gensimBinary).load_s / f(names.binary).load_s,
        bound: { atLeast: 2 },
      },
      memoryRatio(names.text),
      memoryRatio(names.binary),
      memoryRatio(names.some),
    ],
  };
}
