import { expect, it } from "vitest";
import * as api from "../src/index.ts";
import { fuzzParquet } from "./fuzz.mjs";

const RUNS = 2000;
const SEED = 4;

it(`Parquet: ${RUNS} mutated inputs (seed ${SEED}) give rows or typed errors with their place, nothing else`, async () => {
  const counts = await fuzzParquet(api, { runs: RUNS, seed: SEED });
  expect(counts.runs).toBe(RUNS);
  // Mutations that only ever failed, or never did, would test little.
  expect(counts.errors).toBeGreaterThan(RUNS / 20);
  expect(counts.datasets).toBeGreaterThan(RUNS / 20);
}, 120_000);
