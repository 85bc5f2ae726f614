import { describe, expect, it } from "vitest";
import { environmentFor, readTotals } from "./conformance.mjs";

describe("the totals of a conformance run", () => {
  it("are the last that were printed", () => {
    expect(readTotals("cpu: 3 passed, 1 failed\n2860 passed, 0 failed\n", 0)).toEqual({ passed: 2860, failed: 0 });
    expect(readTotals("10 passed, 2 failed\n", 3)).toEqual({ passed: 10, failed: 2 });
  });

  it("have a failure wherever the command failed or said nothing", () => {
    expect(readTotals("10 passed, 0 failed\n", 1)).toEqual({ passed: 10, failed: 1 });
    expect(readTotals("", 0)).toEqual({ passed: 0, failed: 1 });
  });
});

describe("the environment of a conformance run", () => {
  it("requires every backend in CI, unless it says itself which", () => {
    expect(environmentFor({ CI: "true" }, "/usr/bin/chromium")).toEqual({
      CI: "true",
      CHROMIUM_PATH: "/usr/bin/chromium",
      CONFORMANCE_REQUIRE: "all",
    });
    expect(environmentFor({ CI: "true", CONFORMANCE_REQUIRE: "cpu" }, undefined).CONFORMANCE_REQUIRE).toBe("cpu");
    expect(environmentFor({}, undefined)).toEqual({});
  });
});
