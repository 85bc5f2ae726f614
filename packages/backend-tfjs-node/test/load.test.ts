import { describe, expect, it, vi } from "vitest";
import { tfjsNodeBackend } from "../src/index.ts";
import { restoreNodeUtil } from "../src/restore-node-util.ts";

vi.mock("@tensorflow/tfjs-node", () => {
  throw new Error("The Node.js native addon module (tfjs_binding.node) can not be found");
});

describe("tfjsNodeBackend without its native library", () => {
  it("says what is missing and what to run", async () => {
    await expect(tfjsNodeBackend()).rejects.toMatchObject({
      code: "BACKEND_UNAVAILABLE",
      backend: "tfjs-node",
      message: expect.stringMatching(/npm install @tensorflow\/tfjs-node.*provision\.mjs tfjs-node/),
    });
  });
});

describe("restoreNodeUtil", () => {
  it("puts back what Node 23 removed, and leaves the rest alone", () => {
    const own = () => true;
    const kept = { isArray: own };
    restoreNodeUtil(kept);
    expect(kept.isArray).toBe(own);
    const bare: Parameters<typeof restoreNodeUtil>[0] = {};
    restoreNodeUtil(bare);
    expect([null, undefined, 0, ""].map((value) => bare.isNullOrUndefined?.(value))).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect([[], {}].map((value) => bare.isArray?.(value))).toEqual([true, false]);
  });
});
