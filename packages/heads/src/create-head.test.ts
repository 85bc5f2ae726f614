import { describe, expect, it } from "vitest";
import { createHead, headTypes } from "./index.ts";

const invalid = (message: RegExp) =>
  expect.objectContaining({ code: "INVALID_CONFIG", message: expect.stringMatching(message) });

describe("createHead", () => {
  it("makes each type, and the same head again from its own type and options", () => {
    expect(headTypes).toEqual(["linear", "mlp", "cnn", "attention", "gru", "lstm", "transformer"]);
    const configs = [
      { type: "linear", dimension: 7, classes: 3, dropout: 0.25 },
      { type: "mlp", dimension: 7, classes: 3, hidden: 5, activation: "gelu", dropout: 0.5 },
    ];
    for (const config of configs) {
      const head = createHead(config);
      expect({ type: head.type, ...head.options }).toEqual(config);
      const again = createHead(JSON.parse(JSON.stringify({ type: head.type, ...head.options })));
      expect(again.build({ examples: 2, positions: 0 }, "train")).toEqual(
        head.build({ examples: 2, positions: 0 }, "train"),
      );
    }
  });

  it("fills in defaults that are then written down", () => {
    expect(createHead({ type: "mlp", dimension: 7, classes: 2 }).options).toEqual({
      dimension: 7,
      classes: 2,
      hidden: 128,
      activation: "relu",
      dropout: 0,
    });
  });

  it.each([
    [{ type: "liner", dimension: 1, classes: 2 }, /no head "liner"; did you mean "linear"\?.*linear, mlp/],
    [{ dimension: 1, classes: 2 }, /no head "undefined"/],
    [{ type: "toString", dimension: 1, classes: 2 }, /no head "toString"/],
    [{ type: "linear", dimension: 1, classes: 2, dropuot: 0.1 }, /no option "dropuot"; did you mean "dropout"/],
    [{ type: "linear", dimension: 1, classes: 2, hidden: 4 }, /no option "hidden"/],
    [
      { type: "mlp", dimension: 1, classes: 2, activation: "rule" },
      /"activation".*relu, tanh, gelu.*did you mean "relu"/,
    ],
    [{ type: "mlp", dimension: 1, classes: 2, hidden: 0 }, /"hidden": expected an integer ≥ 1, got 0/],
    [{ type: "mlp", dimension: 1.5, classes: 2 }, /"dimension": expected an integer ≥ 1, got 1.5/],
    [{ type: "linear", dimension: 3 }, /"classes": expected an integer ≥ 1, got undefined/],
    [{ type: "linear", dimension: 3, classes: 2, dropout: 1 }, /"dropout": expected a number from 0 to below 1, got 1/],
    [{ type: "linear", dimension: 3, classes: 2, dropout: "0.1" }, /"dropout".*got "0.1"/],
    [{ type: "linear", dimension: 3, classes: 2, dropout: Number.NaN }, /"dropout"/],
  ])("refuses %j", (config, message) => {
    expect(() => createHead(config)).toThrow(invalid(message));
  });
});
