import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRandom } from "@thawline/core";

/** A small made-up world: vectors, and labelled text that they help with. */
export interface World {
  readonly folder: string;
  readonly vectors: string;
  readonly train: string;
  readonly dev: string;
  readonly test: string;
  /** Words of the vectors that occur in no text. */
  readonly unused: readonly string[];
  path(name: string): string;
  write(name: string, content: string | Uint8Array): string;
  remove(): void;
}

const dimension = 8;
const family = (letter: string, count: number): string[] => Array.from({ length: count }, (_, i) => `${letter}${i}x`);

/** GloVe text with six decimals; words of one family lean the same way. */
export function gloveText(words: readonly string[], seed = 1, components = dimension): string {
  const random = createRandom(seed);
  const lean: Record<string, number> = { g: 0.4, b: -0.4 };
  return words
    .map((word) => {
      const numbers = Array.from({ length: components }, (_, d) =>
        (random.nextNormal() * 0.5 + (d === 0 ? (lean[word[0]!] ?? 0) : 0)).toFixed(6),
      );
      return `${word} ${numbers.join(" ")}\n`;
    })
    .join("");
}

const good = family("g", 20);
const bad = family("b", 20);
const neutral = family("n", 30);
const unused = family("u", 25);
/** Every word of the vectors. */
export const vectorWords: readonly string[] = [...neutral, ...good, ...unused, ...bad];

/** Labelled lines, `label<TAB>text`; about every fourth text has a word that no vector file knows. */
export function labelledText(rows: number, seed: number): string {
  const random = createRandom(seed);
  const pick = (words: readonly string[]): string => words[random.nextBelow(words.length)]!;
  return Array.from({ length: rows }, (_, i) => {
    const label = i % 2 === 0 ? "pos" : "neg";
    const [own, other] = label === "pos" ? [good, bad] : [bad, good];
    const words = [pick(own), pick(own), pick(neutral), pick(neutral), pick(neutral)];
    if (random.nextFloat() < 0.3) words.push(pick(other));
    if (random.nextFloat() < 0.25) words.push(`oov${random.nextBelow(5)}`);
    return `${label}\t${words.join(" ")}\n`;
  }).join("");
}

/** A fresh folder with the world in it. */
export function createWorld(): World {
  const folder = mkdtempSync(join(tmpdir(), "thawline-cli-"));
  const path = (name: string): string => join(folder, name);
  const write = (name: string, content: string | Uint8Array): string => {
    mkdirSync(join(path(name), ".."), { recursive: true });
    writeFileSync(path(name), content);
    return path(name);
  };
  return {
    folder,
    vectors: write("vectors.txt", gloveText(vectorWords)),
    train: write("train.tsv", labelledText(240, 1)),
    dev: write("dev.tsv", labelledText(60, 2)),
    test: write("test.tsv", labelledText(60, 3)),
    unused,
    path,
    write,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Rows of a GloVe text file as float32 by word. */
export function readGlove(path: string): Map<string, Float32Array> {
  const rows = readFileSync(path, "utf8").trimEnd().split("\n");
  return new Map(
    rows.map((row) => {
      const [word, ...numbers] = row.split(" ");
      return [word!, Float32Array.from(numbers, Number)];
    }),
  );
}
