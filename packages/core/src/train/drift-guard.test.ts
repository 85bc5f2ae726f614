import { describe, expect, it } from "vitest";
import { expectCode, thrownBy } from "../../test/expect-close.ts";
import { type SmallOptions, smallTable, smallTrainer, wordyExamples } from "../../test/make-trainer.ts";
import { checkDriftGuard, type DriftGuard, type GuardAction, guardActions } from "../drift/drift-guard.ts";
import { createEmbeddingTable } from "../embedding/table.ts";
import { type FreezePolicy, gradualPolicy } from "../policy/policy.ts";
import type { EmbeddingTrainer } from "./embedding-trainer.ts";
import { type FineTuneCheckpoint, type FineTuneOptions, fineTune, type TrainingEvent } from "./fine-tune.ts";

const train = wordyExamples(40, 1);
const dev = wordyExamples(15, 2);
const limit = 0.01;
const acting = guardActions.filter((action) => action !== "warn");
const optimizer = { type: "adam", learningRate: 0.05 } as const;

const budget = (action: GuardAction, more: Partial<DriftGuard> = {}): DriftGuard => ({
  limits: { meanCosineDistance: limit },
  action,
  ...more,
});

async function run(trainer: EmbeddingTrainer, options: Partial<FineTuneOptions> = {}): Promise<TrainingEvent[]> {
  const events: TrainingEvent[] = [];
  for await (const event of fineTune(trainer, { train, dev, epochs: 5, ...options })) events.push(event);
  return events;
}
const recordsOf = (events: readonly TrainingEvent[]) =>
  events.flatMap((event) => (event.kind === "epoch" ? [event.record] : []));
const actionsOf = (events: readonly TrainingEvent[]) =>
  events.flatMap((event) => (event.kind === "guard" ? [event.event] : []));

const guarded = (guard: DriftGuard | undefined, options: SmallOptions = {}) =>
  smallTrainer({ optimizer, ...(guard === undefined ? {} : { guard }), ...options });

const bits = (values: ArrayLike<number>): string => Array.from(values, (x) => (Object.is(x, -0) ? "-0" : x)).join(" ");

describe("a drift budget", () => {
  it("is exceeded by the same run without one", async () => {
    const { trainer } = await guarded(undefined);
    const records = recordsOf(await run(trainer));
    expect(records.map(({ meanCosineDistance }) => meanCosineDistance > limit)).toEqual([true, true, true, true, true]);
    expect(records.every((record) => record.guard === undefined)).toBe(true);
  });

  const figures = [
    ["meanCosineDistance", 0.01],
    ["p95CosineDistance", 0.02],
    ["maxCosineDistance", 0.02],
    ["meanL2", 0.2],
    ["maxL2", 0.3],
  ] as const;
  it.each(acting.flatMap((action) => figures.map(([figure, most]) => [action, figure, most] as const)))(
    "%s keeps %s at most %s after every step and in every record",
    async (action, figure, most) => {
      for (const precision of ["f32", "f64"] as const) {
        const { trainer } = await guarded({ limits: { [figure]: most }, action }, { precision });
        const { trainer: free } = await guarded(undefined, { precision });
        let isBeyond = false;
        for (let i = 0; i < 30; i++) {
          const report = await trainer.step(wordyExamples(4, i));
          expect(trainer.drift()[figure]).toBeLessThanOrEqual(most);
          await free.step(wordyExamples(4, i));
          isBeyond ||= free.drift()[figure] > most;
          if (report.guard?.some((event) => event.action === "stop")) break;
        }
        expect(isBeyond).toBe(true);
        expect(trainer.guardEvents.length).toBeGreaterThan(0);

        const { trainer: whole } = await guarded({ limits: { [figure]: most }, action }, { precision });
        const events = await run(whole, { restoreBest: false });
        for (const record of recordsOf(events)) {
          const { meanCosineDistance, drift } = record;
          const logged = { ...drift!, meanCosineDistance };
          if (figure !== "maxL2") expect(logged[figure]).toBeLessThanOrEqual(most);
        }
        expect(whole.drift()[figure]).toBeLessThanOrEqual(most);
        for (const event of actionsOf(events)) {
          expect(event).toMatchObject({ action, figure, limit: most });
          expect(event.value).toBeGreaterThan(most);
          expect(event.valueAfter).toBeLessThanOrEqual(most);
        }
      }
    },
  );

  it.each(acting)("of %s is kept by the weights of the best epoch", async (action) => {
    const { trainer } = await guarded(budget(action));
    await run(trainer);
    expect(trainer.drift().meanCosineDistance).toBeLessThanOrEqual(limit);
  });

  it.each(acting)("with dense updates, momentum and decay: %s", async (action) => {
    const { trainer } = await guarded(budget(action), {
      optimizer: { type: "sgd", learningRate: 0.5, momentum: 0.9, weightDecay: 0.01 },
      embeddings: { rowUpdates: "dense" },
    });
    const events = await run(trainer);
    expect(actionsOf(events).length).toBeGreaterThan(0);
    for (const record of recordsOf(events)) expect(record.meanCosineDistance).toBeLessThanOrEqual(limit);
  });

  it.each(acting)("with pulls that are paid later, and a trust region: %s", async (action) => {
    const pulled: SmallOptions = { pull: { type: "l2-sp", strength: 0.05 }, trustRegion: { maxL2: 1 } };
    const { trainer: free } = await guarded(undefined, pulled);
    expect(recordsOf(await run(free)).some((record) => record.meanCosineDistance > limit)).toBe(true);
    const { trainer } = await guarded(budget(action), pulled);
    const events = await run(trainer, { restoreBest: false });
    expect(actionsOf(events).length).toBeGreaterThan(0);
    for (const record of recordsOf(events)) expect(record.meanCosineDistance).toBeLessThanOrEqual(limit);
    expect(trainer.drift().meanCosineDistance).toBeLessThanOrEqual(limit);
  });

  it("is never reached inside a trust region of that radius", async () => {
    const { trainer } = await guarded(budget("stop"), { trustRegion: { maxCosineDistance: limit } });
    const events = await run(trainer);
    expect(actionsOf(events)).toEqual([]);
    for (const record of recordsOf(events)) {
      expect(record.meanCosineDistance).toBeLessThanOrEqual(limit);
      expect(record.meanCosineDistance).toBeGreaterThan(0);
    }
  });
});

describe("warn", () => {
  it("tells each crossing once and changes no bit", async () => {
    const { trainer, table } = await guarded(budget("warn"));
    const { trainer: free, table: freeTable } = await guarded(undefined);
    const events = await run(trainer);
    await run(free);
    expect(actionsOf(events).map(({ epoch }) => epoch)).toEqual([1]);
    expect(recordsOf(events).map((record) => record.guard?.length ?? 0)).toEqual([1, 0, 0, 0, 0]);
    expect(bits(table.overlay)).toBe(bits(freeTable.overlay));
  });

  it("tells the next crossing too", async () => {
    const { trainer, table } = await guarded(budget("warn", { checkEvery: 1 }));
    const far = table.anchor.slice(3, 6).map((x, d) => x + d);
    const told: boolean[] = [];
    for (const values of [far, far, table.anchor.slice(3, 6), far]) {
      table.overlay.set(values, 0);
      told.push(trainer.checkDrift().length > 0);
    }
    expect(told).toEqual([true, false, false, true]);
  });
});

describe("refreeze", () => {
  it("puts the worst rows of the step back to the bit and freezes them for good, in every phase to come", async () => {
    const policy: FreezePolicy = {
      name: "phases",
      phases: [
        { name: "a", learningRates: {}, until: { kind: "epochs", epochs: 1 } },
        { name: "b", learningRates: {}, rows: { kind: "all" } },
      ],
    };
    const { trainer, table } = await guarded(budget("refreeze"), { policy });
    const frozen = new Map<number, string>();
    for (let i = 0; i < 40; i++) {
      const before = Array.from(table.overlay);
      const report = await trainer.step(wordyExamples(4, i));
      for (const row of report.guard?.flatMap((event) => event.rows) ?? []) {
        expect(frozen.has(row)).toBe(false);
        const at = table.slotOf[row] * 3;
        frozen.set(row, bits(before.slice(at, at + 3)));
      }
      for (const [row, values] of frozen) {
        const at = table.slotOf[row] * 3;
        expect(bits(table.overlay.slice(at, at + 3))).toBe(values);
      }
      if (i % 10 !== 9) continue;
      trainer.endEpoch({
        epoch: (i + 1) / 10,
        phase: trainer.phase.name,
        learningRates: {},
        trainLoss: 1,
        devLoss: null,
        devAccuracy: null,
        meanCosineDistance: 0,
      });
      expect(trainer.guardEvents).toEqual([]);
    }
    expect(frozen.size).toBeGreaterThan(2);
    expect(trainer.phase.name).toBe("b");
  });

  it("of rows without a pre-trained vector never happens: they have nothing to drift from", async () => {
    const { anchor } = smallTable();
    const pretrained = Uint8Array.from({ length: 12 }, (_, row) => row % 2);
    const table = createEmbeddingTable({ dimension: 3, anchor, activeRows: "all", pretrained });
    const { trainer } = await guarded(budget("refreeze"), { table });
    const frozen = actionsOf(await run(trainer)).flatMap((event) => event.rows);
    expect(frozen.length).toBeGreaterThan(0);
    expect(frozen.every((row) => pretrained[row] === 1)).toBe(true);
  });
});

describe("slow", () => {
  it("undoes the step's moves, halves the rate each time, and freezes in the end", async () => {
    const { trainer, table } = await guarded(budget("slow", { attempts: 3 }));
    const rates: number[] = [];
    for (let i = 0; i < 60; i++) {
      const before = bits(table.overlay);
      const { guard, learningRates } = await trainer.step(wordyExamples(4, i));
      expect(learningRates.embeddings).toBe(0.05 * (rates[rates.length - 1] ?? 1));
      if (guard === undefined) continue;
      expect(bits(table.overlay)).toBe(before);
      rates.push(guard[0].embeddingsRate);
    }
    expect(rates).toEqual([0.5, 0.25, 0]);
  });
});

describe("rollback", () => {
  it("goes back to the end of the last epoch: rows, head and moments, but not steps", async () => {
    const { trainer } = await guarded(budget("rollback"), { optimizer: { type: "adam", learningRate: 0.01 } });
    const record = (epoch: number) => ({
      epoch,
      phase: "full",
      learningRates: {},
      trainLoss: 1,
      devLoss: null,
      devAccuracy: null,
      meanCosineDistance: 0,
    });
    for (let i = 0; i < 3; i++) expect((await trainer.step(wordyExamples(4, i))).guard).toBeUndefined();
    expect(trainer.checkDrift()).toEqual([]);
    trainer.endEpoch(record(1));
    const good = trainer.snapshot();
    let event: unknown;
    for (let i = 3; event === undefined; i++) event = (await trainer.step(wordyExamples(4, i))).guard?.[0];
    expect(event).toMatchObject({ action: "rollback", embeddingsRate: 0.5, epoch: 2, rows: [] });
    const now = trainer.snapshot();
    expect(now.state.step).toBeGreaterThan(4);
    expect(now.steps).toEqual(good.steps);
    for (const name of Object.keys(good.tensors))
      expect(bits(now.tensors[name].data)).toBe(bits(good.tensors[name].data));
  });
});

describe("stop", () => {
  it("ends the run with the step, and records its epoch as far as it came", async () => {
    const { trainer } = await guarded(budget("stop"));
    const events = await run(trainer, { restoreBest: false });
    const [event] = actionsOf(events);
    const records = recordsOf(events);
    const last = events[events.length - 1];
    expect(last).toMatchObject({ kind: "finished", reason: "drift" });
    expect(actionsOf(events)).toEqual([event]);
    expect(event).toMatchObject({ action: "stop", step: trainer.state.step, epoch: records.length });
    expect(records[records.length - 1].guard).toEqual([event]);
    // 40 examples in batches of 4.
    expect(event.step).toBeLessThan(records.length * 10);
    expect(Number.isFinite(records[records.length - 1].trainLoss)).toBe(true);
  });
});

describe("a guard", () => {
  const resumed = async (guard: DriftGuard, at: number, options: SmallOptions = {}) => {
    const { trainer } = await guarded(guard, options);
    const signal = { aborted: false };
    let checkpoint: FineTuneCheckpoint | undefined;
    const events: TrainingEvent[] = [];
    for await (const event of fineTune(trainer, { train, dev, epochs: 5, progressEvery: 1, signal })) {
      if (event.kind === "progress" && event.step === at) signal.aborted = true;
      if (event.kind === "checkpoint") checkpoint = event.checkpoint;
      events.push(event);
    }
    const { trainer: second, table } = await guarded(guard, options);
    const saved = checkpoint!;
    const rest: TrainingEvent[] = [];
    for await (const event of fineTune(second, { train, dev, epochs: 5, progressEvery: 1, resume: saved }))
      rest.push(event);
    return { events: [...events, ...rest], table };
  };

  it.each(
    acting.flatMap((action) =>
      [1, 3].flatMap((checkEvery) => [false, true].map((pulled) => [action, checkEvery, pulled] as const)),
    ),
  )("resumes to the same bits and actions: %s, every %i, pulled: %s", async (action, checkEvery, pulled) => {
    const guard = budget(action, { checkEvery });
    const options: SmallOptions = pulled ? { pull: { type: "l2-sp", strength: 0.05 } } : {};
    const { trainer, table } = await guarded(guard, options);
    const expected = await run(trainer, { progressEvery: 1 });
    for (const at of [2, 7, 14]) {
      if (at >= trainer.state.step) continue;
      const { events, table: again } = await resumed(guard, at, options);
      expect(actionsOf(events)).toEqual(actionsOf(expected));
      expect(recordsOf(events)).toEqual(recordsOf(expected));
      expect(bits(again.overlay)).toBe(bits(table.overlay));
    }
  });

  it("with every = 3 holds at every third step and at epochs' ends", async () => {
    for (const action of acting) {
      const { trainer } = await guarded(budget(action, { checkEvery: 3 }));
      const events = await run(trainer, { restoreBest: false });
      expect(actionsOf(events).length).toBeGreaterThan(0);
      for (const record of recordsOf(events)) expect(record.meanCosineDistance).toBeLessThanOrEqual(limit);
    }
  });

  it("of a limit of 0 keeps every row where it is", async () => {
    const { trainer, table } = await guarded({ limits: { maxL2: 0 }, action: "refreeze" });
    await run(trainer);
    expect(bits(table.overlay)).toBe(bits(table.anchor.subarray(3)));
  });

  it.each(acting)("brings a table that began outside back inside: %s", async (action) => {
    const table = smallTable();
    for (let i = 0; i < table.overlay.length; i++) table.overlay[i] += Math.sin(i) / 2;
    const { trainer } = await guarded(budget(action), { table });
    expect(trainer.drift().meanCosineDistance).toBeGreaterThan(limit);
    const [event] = trainer.checkDrift();
    expect(event.rows.length).toBeGreaterThan(0);
    expect(trainer.drift().meanCosineDistance).toBeLessThanOrEqual(limit);
  });

  it("waits while the vectors are frozen", async () => {
    const { trainer } = await guarded(budget("stop"), {
      policy: gradualPolicy({ until: { kind: "epochs", epochs: 2 } }),
    });
    const events = await run(trainer);
    expect(actionsOf(events)[0].epoch).toBeGreaterThan(2);
  });

  it("that froze the vectors lets a phase of the vectors alone go on, without moving anything", async () => {
    const policy: FreezePolicy = { name: "alone", phases: [{ name: "alone", learningRates: { head: 0 } }] };
    const { trainer, table } = await guarded(budget("slow", { attempts: 1 }), { policy });
    const events = await run(trainer, { epochs: 8, restoreBest: false });
    expect(actionsOf(events)).toHaveLength(1);
    const before = bits(table.overlay);
    await trainer.step(wordyExamples(4, 1));
    expect(bits(table.overlay)).toBe(before);
  });

  it.each<[string, unknown]>([
    ["no limit", { limits: {}, action: "stop" }],
    ["an unknown figure", { limits: { meanCosine: 1 }, action: "stop" }],
    ["a negative limit", { limits: { maxL2: -1 }, action: "stop" }],
    ["a limit of NaN", { limits: { maxL2: Number.NaN }, action: "stop" }],
    ["an unknown action", { limits: { maxL2: 1 }, action: "halt" }],
    ["no step", { limits: { maxL2: 1 }, action: "stop", checkEvery: 0 }],
    ["half an attempt", { limits: { maxL2: 1 }, action: "slow", attempts: 0.5 }],
  ])("refuses %s", async (_, guard) => {
    expectCode(() => checkDriftGuard(guard as DriftGuard), "INVALID_CONFIG");
    await expect(guarded(guard as DriftGuard)).rejects.toMatchObject({ code: "INVALID_CONFIG" });
  });

  it("names the figure that was meant", () => {
    const error = thrownBy(() => checkDriftGuard({ limits: { meanCosineDistances: 1 } as never, action: "stop" }));
    expect((error as Error).message).toContain('did you mean "meanCosineDistance"');
  });
});
