import { erf as exact } from "@thawline/backend-reference";
import { expect, it } from "vitest";
import { erf } from "../src/erf.ts";

it("erf is within 3e-7 of the double-precision one, everywhere", () => {
  let worst = 0;
  for (let x = -6; x <= 6; x += 1 / 512) worst = Math.max(worst, Math.abs(erf(x) - exact(x)));
  expect(worst).toBeLessThanOrEqual(3e-7);
  expect([erf(0), erf(50), erf(-50), erf(Number.NaN)]).toEqual([0, 1, -1, Number.NaN]);
});
