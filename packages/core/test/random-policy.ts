import fc from "fast-check";
import type { FreezePhase, FreezePolicy, PhaseEnd, RowRate } from "../src/policy/policy.ts";
import type { RowRule } from "../src/policy/row-rule.ts";

/** What random rules are about. */
export interface RandomPolicyWorld {
  /** V. */
  readonly rows: number;
  readonly words: readonly string[];
  readonly classes: number;
  /** Groups of the head. */
  readonly headGroups: readonly string[];
}

const share = fc.double({ min: 0, max: 1, noNaN: true });

function bounds<L extends string, H extends string>(low: L, high: H, values: fc.Arbitrary<number>) {
  return fc.oneof(
    values.map((value) => ({ [low]: value }) as { [K in L]: number }),
    values.map((value) => ({ [high]: value }) as { [K in H]: number }),
    fc
      .tuple(values, values)
      .map(([a, b]) => ({ [low]: Math.min(a, b), [high]: Math.max(a, b) }) as { [K in L | H]: number }),
  );
}

/** Rules of every kind, composed up to some depth. */
export function randomRule({ rows, words, classes }: RandomPolicyWorld): fc.Arbitrary<RowRule> {
  const leaf: fc.Arbitrary<RowRule> = fc.oneof(
    fc.constant<RowRule>({ kind: "all" }),
    fc.constant<RowRule>({ kind: "none" }),
    fc.integer({ min: 0, max: 8 }).map((count): RowRule => ({ kind: "min-count", count })),
    bounds("from", "to", fc.integer({ min: 0, max: rows })).map((range): RowRule => ({ kind: "rank", ...range })),
    bounds("from", "to", fc.integer({ min: 0, max: 9 })).map(
      (range): RowRule => ({ kind: "band", by: "count", ...range }),
    ),
    bounds("from", "to", share).map((range): RowRule => ({ kind: "band", by: "quantile", ...range })),
    fc.boolean().map((found): RowRule => ({ kind: "pretrained", found })),
    fc
      .subarray(Array.from({ length: rows }, (_, row) => row))
      .map((chosen): RowRule => ({ kind: "rows", rows: chosen })),
    fc.subarray([...words, "unheard"]).map((chosen): RowRule => ({ kind: "words", words: chosen })),
    fc.constantFrom("a", "^w[0-4]", "[13579]$", "x").map((pattern): RowRule => ({ kind: "pattern", pattern })),
    fc
      .record(
        {
          statistic: fc.constantFrom("log-odds" as const, "mutual-information" as const),
          top: fc.integer({ min: 0, max: rows }),
          threshold: fc.double({ min: -1, max: 2, noNaN: true }),
          class: fc.integer({ min: 0, max: classes - 1 }),
          smoothing: share,
        },
        { requiredKeys: ["statistic", "top"] },
      )
      .map((options): RowRule => ({ kind: "class-indicative", ...options })),
    fc
      .tuple(fc.constantFrom("cosineDistance" as const, "l2" as const), bounds("atLeast", "below", share))
      .map(([figure, range]): RowRule => ({ kind: "drift", figure, ...range })),
  );
  return fc.letrec<{ rule: RowRule }>((tie) => ({
    rule: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      leaf,
      tie("rule").map((rule): RowRule => ({ kind: "not", rule })),
      fc.array(tie("rule"), { maxLength: 3 }).map((rules): RowRule => ({ kind: "and", rules })),
      fc.array(tie("rule"), { maxLength: 3 }).map((rules): RowRule => ({ kind: "or", rules })),
    ),
  })).rule;
}

const end: fc.Arbitrary<PhaseEnd> = fc.oneof(
  fc.integer({ min: 1, max: 2 }).map((epochs): PhaseEnd => ({ kind: "epochs", epochs })),
  fc
    .record(
      {
        patience: fc.integer({ min: 1, max: 2 }),
        minDelta: share,
        maxEpochs: fc.integer({ min: 1, max: 3 }),
      },
      { requiredKeys: ["patience"] },
    )
    .map((options): PhaseEnd => ({ kind: "plateau", ...options })),
);

/** Policies of one to three phases that a trainer accepts. */
export function randomPolicy(world: RandomPolicyWorld): fc.Arbitrary<FreezePolicy> {
  const rate = fc.constantFrom(0, 0, 0.1, 0.5, 1, 2);
  const groups = ["embeddings", "head", ...world.headGroups];
  const rule = randomRule(world);
  const rowRate: fc.Arbitrary<RowRate> = fc.record({ rows: rule, rate });
  const phase = fc.record(
    {
      learningRates: fc.dictionary(fc.constantFrom(...groups), rate, { maxKeys: 3 }),
      rows: rule,
      rowRates: fc.array(rowRate, { maxLength: 3 }),
      until: end,
    },
    { requiredKeys: ["learningRates", "until"] },
  );
  return fc.array(phase, { minLength: 1, maxLength: 3 }).map((phases) => ({
    name: "random",
    phases: phases.map(({ until, ...each }, i): FreezePhase => {
      // Something has to train.
      const trains = { ...each.learningRates, [groups[groups.length - 1]]: 1 };
      const isLast = i === phases.length - 1;
      return { name: `phase ${i + 1}`, ...each, learningRates: trains, ...(isLast ? {} : { until }) };
    }),
  }));
}
