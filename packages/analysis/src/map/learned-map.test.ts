import { createRandom } from "@thawline/core";
import { describe, expect, it } from "vitest";
import { after, before, expectAlike, figures, movedRows } from "../../test/figures.ts";
import { orthogonalProcrustes } from "../linear/procrustes.ts";
import { ridgeMap } from "../linear/ridge-map.ts";
import { selectRows } from "../linear/row-matrix.ts";
import { applyLearnedMap } from "./apply-learned-map.ts";
import { learnMap } from "./learned-map.ts";
import { relativeMapError } from "./map-error.ts";

const [x, y] = [selectRows(before, movedRows), selectRows(after, movedRows)];

describe("maps, held to scipy", () => {
  it("orthogonal Procrustes", () => expectAlike(Array.from(orthogonalProcrustes(x, y)), figures.procrustes));

  it.each(figures.ridge)("ridge of λ = $lambda, by least squares on stacked rows", ({ lambda, matrix }) => {
    expectAlike(Array.from(ridgeMap(x, y, lambda)), matrix);
  });

  it("the choice by rows held out, and its error", () => {
    const { seed, lambdas, candidates, kind, lambda, heldOutError, matrix } = figures.learnedMap;
    const map = learnMap(x, y, { seed, lambdas });
    expectAlike(map, {
      kind,
      lambda,
      candidates,
      heldOutError,
      advised: true,
      rows: { fit: 31, choice: 11, heldOut: 11 },
    });
    expectAlike(Array.from(map.matrix), matrix);
  });

  it("refuse what makes no sense", () => {
    expect(() => ridgeMap(x, y, 0)).toThrow(RangeError);
    const zero = { data: new Float64Array(14), dimension: 7 };
    expect(() => ridgeMap(zero, zero, 1)).toThrow(RangeError);
    expect(() => learnMap(selectRows(x, [0, 1]), selectRows(y, [0, 1]))).toThrow(/at least 30/);
  });
});

describe("learnMap", () => {
  const random = createRandom(9);
  const rows = { data: Float64Array.from({ length: 200 * 5 }, () => random.nextNormal()), dimension: 5 };

  it("finds a linear change, and carries it to other rows", () => {
    const change = Array.from({ length: 25 }, () => 0.2 * random.nextNormal());
    const move = (data: Float64Array) =>
      data.map((value, i) => {
        const at = i - (i % 5);
        let sum = value;
        for (let d = 0; d < 5; d++) sum += data[at + d] * change[d * 5 + (i % 5)];
        return sum;
      });
    const map = learnMap(rows, { ...rows, data: move(rows.data) }, { lambdas: [1e-9, 1] });
    expect(map).toMatchObject({ kind: "ridge", lambda: 1e-9, advised: true });
    expect(map.heldOutError.high).toBeLessThan(1e-9);
    const others = { data: Float64Array.from({ length: 15 }, () => random.nextNormal()), dimension: 5 };
    expectAlike(applyLearnedMap(map, others), move(others.data));
    expect(relativeMapError(map.matrix, others, { ...others, data: move(others.data) })).toBeLessThan(1e-9);
  });

  it("advises against a change that words do not share, and then moves nothing", () => {
    const noise = rows.data.map((value) => value + 0.3 * random.nextNormal());
    const map = learnMap(rows, { ...rows, data: noise });
    expect(map.advised).toBe(false);
    expect(map.reason).toMatch(/stay where they are/);
    expect(applyLearnedMap(map, rows)).toEqual(rows.data);
  });

  it("advises against a map that is better, but hardly", () => {
    // Nine tenths of each move are noise.
    const mostlyNoise = rows.data.map((value) => 1.05 * value + 0.15 * random.nextNormal());
    const after = { ...rows, data: mostlyNoise };
    const strict = learnMap(rows, after, { leastGain: 0.5 });
    expect(strict.heldOutError.high).toBeLessThan(1);
    expect(strict.advised).toBe(false);
    expect(strict.reason).toMatch(/not reliably better by 50 %/);
    expect(learnMap(rows, after, { leastGain: 0 }).advised).toBe(true);
  });

  it("keeps the type of the rows, and refuses another dimension", () => {
    const map = { matrix: Float64Array.of(0, 1, 1, 0), dimension: 2 };
    const single = { data: Float32Array.of(1, 2, 3, 4), dimension: 2, rows: [1] };
    expect(applyLearnedMap(map, single)).toEqual(Float32Array.of(4, 3));
    expect(() => applyLearnedMap(map, rows)).toThrow(RangeError);
  });
});
