import { describe, expect, it } from "vitest";
import { expectClose } from "../../test/expect-close.ts";
import generated from "../../test/schedules.json";
import { type ScheduleConfig, scheduleMultiplier } from "./schedule.ts";

const multipliers = (config: ScheduleConfig, totalSteps: number): number[] =>
  Array.from({ length: totalSteps }, (_, step) => scheduleMultiplier(config, { step, totalSteps, history: [] }));

describe("scheduleMultiplier", () => {
  it.each(generated.cases)("$config over $totalSteps steps, as published", (published) => {
    const config = published.config as ScheduleConfig;
    expectClose(multipliers(config, published.totalSteps), published.multipliers, 1e-12);
  });

  it("is 1 throughout by default, or after a warm-up", () => {
    expect(multipliers({ type: "constant" }, 4)).toEqual([1, 1, 1, 1]);
    expect(multipliers({ type: "constant", warmup: 4 }, 6)).toEqual([0, 0.25, 0.5, 0.75, 1, 1]);
    expect(multipliers({ type: "constant", warmup: 0.5 }, 4)).toEqual([0, 0.5, 1, 1]);
  });

  it("stays finite and in [0, 1] for any length and past the end", () => {
    const configs: ScheduleConfig[] = [
      { type: "constant", warmup: 3 },
      { type: "linear", warmup: 0.3 },
      { type: "slanted" },
      { type: "one-cycle" },
      { type: "one-cycle", peakFraction: 0.01 },
      { type: "one-cycle", peakFraction: 1 },
    ];
    for (const config of configs) {
      for (let totalSteps = 1; totalSteps < 30; totalSteps++) {
        for (let step = 0; step < totalSteps + 5; step++) {
          const multiplier = scheduleMultiplier(config, { step, totalSteps, history: [] });
          expect(multiplier >= 0 && multiplier <= 1, `${JSON.stringify(config)} ${step}/${totalSteps}`).toBe(true);
        }
      }
    }
  });

  it("falls on a plateau, by hand", () => {
    const at = (history: readonly number[], config: object = {}) =>
      scheduleMultiplier({ type: "plateau", ...config }, { step: 0, totalSteps: 0, history });
    expect([at([]), at([1]), at([1, 0.9]), at([1, 0.9, 0.9]), at([1, 0.9, 0.95, 0.8])]).toEqual([1, 1, 1, 0.5, 0.5]);
    expect(at([1, 2, 2, 2])).toBe(0.125);
    const patient = { patience: 2, factor: 0.1, minimum: 0.05 };
    expect([at([1, 2], patient), at([1, 2, 3], patient), at([1, 2, 3, 0.5, 1], patient)]).toEqual([1, 0.1, 0.1]);
    expect(at([1, 2, 3, 4, 5, 6, 7], patient)).toBe(0.05);
  });

  it("refuses a schedule that it does not know", () => {
    const unknown = { type: "cosine" } as unknown as ScheduleConfig;
    expect(() => scheduleMultiplier(unknown, { step: 0, totalSteps: 1, history: [] })).toThrow(
      expect.objectContaining({ code: "INVALID_CONFIG" }),
    );
  });
});
