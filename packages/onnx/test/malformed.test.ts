import { ThawlineError } from "@thawline/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeModel, encodeModel } from "../src/index.ts";
import { randomGraph } from "./graphs.ts";

const bytes = encodeModel(randomGraph(3, 25));

/** The error of a decode, which has to be ours; undefined where it went well. */
function errorOf(damaged: Uint8Array): { readonly code: string; readonly offset?: number } | undefined {
  try {
    decodeModel(damaged);
    return undefined;
  } catch (error) {
    if (!ThawlineError.isInstance(error)) throw error;
    return error;
  }
}

describe("decodeModel, of bytes that are no model", () => {
  it("refuses every truncation, and says where it ends", () => {
    for (let length = 0; length < bytes.length; length++) {
      const error = errorOf(bytes.subarray(0, length));
      expect(error?.code, `${length} bytes`).toBe("BAD_MODEL_FILE");
      expect(error!.offset).toBeLessThanOrEqual(length);
    }
  });

  it("throws nothing but BAD_MODEL_FILE for flipped bytes", () => {
    const flips = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 })), {
      minLength: 1,
      maxLength: 4,
    });
    const property = fc.property(flips, (places) => {
      const damaged = bytes.slice();
      for (const [at, mask] of places) damaged[at]! ^= mask;
      expect([undefined, "BAD_MODEL_FILE"]).toContain(errorOf(damaged)?.code);
    });
    fc.assert(property, { seed: 20261127, numRuns: 1000 });
  });

  it.each([
    ["nothing", new Uint8Array()],
    ["text", new TextEncoder().encode("the cat sat on the mat\n0.1 0.2\n")],
    ["zeros", new Uint8Array(64)],
    ["a field that claims 2 GB", Uint8Array.of(0x3a, 0xff, 0xff, 0xff, 0xff, 0x07)],
  ])("refuses %s", (_, damaged) => {
    expect(errorOf(damaged)?.code).toBe("BAD_MODEL_FILE");
  });
});
