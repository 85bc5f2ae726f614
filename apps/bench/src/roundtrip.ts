import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { convertVectorsFile } from "@thawline/vectors/node";
import { UsageError } from "./usage-error.ts";

/** Each way there and back: the first is made of the table, and the last must have its bytes. */
const pairs = [
  [".txt", ".bin"],
  [".txt", ".safetensors"],
  [".txt", ".npy"],
  [".txt", ".vec"],
  [".vec", ".bin"],
  [".vec", ".safetensors"],
  [".vec", ".npy"],
  [".bin", ".vec"],
  [".bin", ".txt"],
  [".txt", ".txt.gz"],
] as const;

/**
 * `bench roundtrip --vectors FILE [--scratch DIR]`: converts a table to each format and back, and compares the bytes.
 * Exit code 1 where any differ.
 */
export async function roundtrip(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { vectors: { type: "string" }, scratch: { type: "string", default: tmpdir() } },
  });
  const { vectors, scratch } = values;
  if (vectors === undefined || !existsSync(vectors)) throw new UsageError("--vectors names a file of vectors");
  const folder = await mkdtemp(join(scratch, "thawline-roundtrip-"));
  try {
    const firsts = new Map<string, string>();
    for (const [from, to] of pairs) {
      const first = join(folder, `first${from}`);
      if (!firsts.has(from)) {
        await convertVectorsFile(vectors, first);
        firsts.set(from, await sha256(first));
      }
      const there = join(folder, `there${to}`);
      const back = join(folder, `back${from}`);
      const start = performance.now();
      const { output } = await convertVectorsFile(first, there);
      await convertVectorsFile(there, back);
      const seconds = ((performance.now() - start) / 1000).toFixed(1);
      const isSame = (await sha256(back)) === firsts.get(from);
      process.stdout.write(
        `${isSame ? "identical" : "DIFFERENT"}  ${from} → ${to} → ${from}, ${output.rows} rows, ${seconds} s\n`,
      );
      if (!isSame) process.exitCode = 1;
    }
    const given = await sha256(vectors);
    const same = [...firsts].find(([, hash]) => hash === given);
    process.stdout.write(
      `${same === undefined ? "the table itself is written otherwise" : `the ${same[0]} file is the table given, to the byte`}\n`,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function sha256(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
  return hash.digest("hex");
}
