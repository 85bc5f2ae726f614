import { describe, expect, it } from "vitest";
import {
  BackendError,
  FeedError,
  FormatError,
  GraphError,
  NonFiniteError,
  NotDifferentiableError,
  PolicyError,
  ThawlineError,
  UnsupportedOpError,
} from "./errors.ts";

describe("ThawlineError", () => {
  it("is recognised by its mark, also where another copy of the package threw it", () => {
    const foreign = Object.assign(new Error("from another copy"), {
      [Symbol.for("thawline.error")]: true,
      code: "NON_FINITE",
    });
    expect(foreign instanceof ThawlineError).toBe(false);
    expect(ThawlineError.isInstance(foreign)).toBe(true);
    expect(ThawlineError.isInstance(new GraphError("INVALID_GRAPH", ""))).toBe(true);
    for (const other of [new Error("plain"), null, undefined, "thawline.error", { code: "NON_FINITE" }]) {
      expect(ThawlineError.isInstance(other)).toBe(false);
    }
  });

  it("keeps its cause", () => {
    const cause = new Error("below");
    expect(new ThawlineError("OUTPUT_FAILED", "above", { cause }).cause).toBe(cause);
    expect(new BackendError("BACKEND_FAILED", "cpu", "above", { cause }).cause).toBe(cause);
  });

  it.each([
    [new GraphError("SHAPE_MISMATCH", "m"), "GraphError", "SHAPE_MISMATCH"],
    [new UnsupportedOpError("Erf", "cpu"), "UnsupportedOpError", "UNSUPPORTED_OP"],
    [new NotDifferentiableError("m"), "NotDifferentiableError", "NOT_DIFFERENTIABLE"],
    [new FeedError("FEED_MISSING", "m"), "FeedError", "FEED_MISSING"],
    [new BackendError("BACKEND_CLOSED", "cpu", "m"), "BackendError", "BACKEND_CLOSED"],
    [new NonFiniteError("loss", "m", 3), "NonFiniteError", "NON_FINITE"],
    [new PolicyError("UNKNOWN_GROUP", "m"), "PolicyError", "UNKNOWN_GROUP"],
    [new FormatError("BAD_DATA_FILE", "m"), "FormatError", "BAD_DATA_FILE"],
  ])("has name and code: %s", (error, name, code) => {
    expect(error).toBeInstanceOf(ThawlineError);
    expect(error).toMatchObject({ name, code });
  });
});

describe("FormatError", () => {
  it("says where, as far as it is known", () => {
    const at = { file: "a.tsv", line: 3, offset: 17 };
    expect(new FormatError("BAD_DATA_FILE", "no label", at)).toMatchObject({
      ...at,
      message: "a.tsv, line 3, byte 17: no label",
    });
    expect(new FormatError("BAD_DATA_FILE", "no label").message).toBe("no label");
    expect(new FormatError("BAD_DATA_FILE", "no label", { offset: 0 }).message).toBe("byte 0: no label");
  });
});
