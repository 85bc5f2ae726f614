import { describe, expect, it } from "vitest";
import { type FreezePolicy, groupRate, validatePolicy } from "./policy.ts";
import { bandByBandPolicy, policyNames, presetPolicy } from "./presets.ts";

const headGroups = ["head.hidden", "head.output"];
const groups = ["embeddings", ...headGroups];

/** Rates of embeddings, hidden and output layer, phase by phase. */
const rates = ({ phases }: FreezePolicy): number[][] =>
  phases.map((phase) => groups.map((group) => Number(groupRate(phase, group).toFixed(6))));

describe("presets", () => {
  it.each(policyNames)("%s is a policy by that name, for heads of one layer and of several", (name) => {
    for (const layers of [["head"], ["head.output"], headGroups, ["head.block.0", "head.block.1", "head.output"]]) {
      const policy = presetPolicy(name, { headGroups: layers });
      expect(policy.name).toBe(name);
      validatePolicy(policy, ["embeddings", ...layers]);
    }
  });

  it("discriminative divides by 2.6 from layer to layer", () => {
    expect(rates(presetPolicy("discriminative", { headGroups }))).toEqual([[0.147929, 0.384615, 1]]);
  });

  it("ulmfit adds a layer from the top in each phase", () => {
    expect(rates(presetPolicy("ulmfit", { headGroups }))).toEqual([
      [0, 0, 1],
      [0, 0.384615, 1],
      [0.147929, 0.384615, 1],
    ]);
    expect(presetPolicy("ulmfit", { headGroups }).phases[0].until).toEqual({ kind: "epochs", epochs: 1 });
  });

  it("chain-thaw trains the new layers, each layer alone from the first, then all", () => {
    expect(rates(presetPolicy("chain-thaw", { headGroups }))).toEqual([
      [0, 1, 1],
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
      [1, 1, 1],
    ]);
  });

  it("band-by-band lets more rows move from phase to phase, the rarer ones slower where asked", () => {
    const { phases } = bandByBandPolicy({ upTo: [0.25, 0.5], bandRate: 0.5 });
    expect(phases.map(({ name }) => name)).toEqual(["frozen", "top 25 %", "top 50 %", "all rows"]);
    expect(phases.map(({ rows }) => rows)).toEqual([
      undefined,
      { kind: "band", by: "quantile", from: 0, to: 0.25 },
      { kind: "band", by: "quantile", from: 0, to: 0.5 },
      undefined,
    ]);
    expect(phases[3].rowRates).toEqual([
      { rows: { kind: "band", by: "quantile", from: 0, to: 0.25 }, rate: 1 },
      { rows: { kind: "band", by: "quantile", from: 0.25, to: 0.5 }, rate: 0.5 },
      { rows: { kind: "band", by: "quantile", from: 0.5, to: 1 }, rate: 0.25 },
    ]);
  });

  it("take the end of their phases", () => {
    const until = { kind: "epochs", epochs: 4 } as const;
    for (const name of ["gradual", "ulmfit", "chain-thaw", "band-by-band"] as const) {
      const { phases } = presetPolicy(name, { headGroups, until });
      expect(phases.slice(0, -1).every((phase) => phase.until === until)).toBe(true);
    }
  });
});
