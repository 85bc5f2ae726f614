import { describe, expect, it } from "vitest";
import { nearestName } from "./nearest-name.ts";

describe("nearestName", () => {
  it.each([
    ["adma", ["sgd", "adam", "adagrad"], "adam"],
    ["AdamW", ["sgd", "adamw"], "adamw"],
    ["embeding-lr", ["lr", "embedding-lr", "label-smoothing"], "embedding-lr"],
    ["embeddingLr", ["lr", "embedding-lr"], "embedding-lr"],
    ["zzz", ["first", "other"], "first"],
  ])("of %s among %j is %s", (name, known, nearest) => {
    expect(nearestName(name, known)).toBe(nearest);
  });

  it("is undefined where nothing is known", () => {
    expect(nearestName("x", [])).toBeUndefined();
  });

  it("takes no time on a very long name", () => {
    expect(nearestName("x".repeat(1e6), ["x", "y".repeat(1e6)])).toBe("x");
  });
});
