import { expect, it } from "vitest";
import * as portable from "../src/index.ts";
import * as node from "../src/node.ts";
import { fuzzReader, readerNames } from "./fuzz.mjs";
import { golden } from "./golden.ts";

const api = { ...portable, ...node };
const RUNS = 2000;
const SEED = 4;

it.each(readerNames)(
  `%s: ${RUNS} mutated inputs (seed ${SEED}) give tables or typed errors with their place, nothing else`,
  async (reader) => {
    const counts = await fuzzReader(api, reader, { runs: RUNS, seed: SEED, golden });
    expect(counts.runs).toBe(RUNS);
    // Mutations that only ever failed, or never did, would test little.
    expect(counts.errors).toBeGreaterThan(RUNS / 20);
    expect(counts.tables).toBeGreaterThan(0);
  },
  120_000,
);
