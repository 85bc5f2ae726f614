import { embeddingsGroup } from "../train/trainer-options.ts";
import {
  type FreezePhase,
  type FreezePolicy,
  frozenPolicy,
  fullPolicy,
  gradualPolicy,
  type PhaseEnd,
} from "./policy.ts";
import type { RowRule } from "./row-rule.ts";

/** What presets that go through the layers are made for. */
export interface LayerOptions {
  /** Groups of the head from input to output, as `headGroups` gives them. */
  readonly headGroups: readonly string[];
  /** End of each phase but the last. */
  readonly until?: PhaseEnd;
}

/** ULMFiT's factor between the rates of a layer and the one below it. */
const ulmfitDecay = 2.6;
const onPlateau: PhaseEnd = { kind: "plateau", patience: 1, maxEpochs: 10 };
const oneEpoch: PhaseEnd = { kind: "epochs", epochs: 1 };

/** Layers from input to output. */
const layersOf = (headGroups: readonly string[]): string[] => [embeddingsGroup, ...headGroups];

/** Multipliers: `rateOf(depth)` for the layers from the output (depth 0) down, 0 for those that it gives none. */
function ratesFromTop(
  headGroups: readonly string[],
  rateOf: (depth: number) => number,
): Readonly<Record<string, number>> {
  const layers = layersOf(headGroups);
  return Object.fromEntries(layers.map((layer, i) => [layer, rateOf(layers.length - 1 - i)]));
}

/**
 * All layers train from the first step, each with the rate of the layer above it divided by `decay` (default 2.6). The rates
 * multiply each group's base rate: for the paper's own rates give vectors and head one base rate.
 * @remarks Howard and Ruder 2018 (ULMFiT), section 3.2, discriminative fine-tuning: η of layer l − 1 is η of l / 2.6.
 */
export function discriminativePolicy({
  headGroups,
  decay = ulmfitDecay,
}: Pick<LayerOptions, "headGroups"> & { readonly decay?: number }): FreezePolicy {
  const learningRates = ratesFromTop(headGroups, (depth) => decay ** -depth);
  return { name: "discriminative", phases: [{ name: "discriminative", learningRates }] };
}

/**
 * Unfreezes from the output layer down, one more layer each phase (default one epoch each), with discriminative rates; then
 * all layers to the end. `decay: 1` is gradual unfreezing alone. The paper's third part is the schedule: give the trainer
 * `{ type: "slanted" }`.
 * @remarks Howard and Ruder 2018 (ULMFiT), sections 3.2 and 3.3.
 */
export function ulmfitPolicy({
  headGroups,
  until = oneEpoch,
  decay = ulmfitDecay,
}: LayerOptions & { readonly decay?: number }): FreezePolicy {
  const layers = layersOf(headGroups);
  const phases = layers.map((_, i): FreezePhase => {
    const isLast = i === layers.length - 1;
    return {
      name: isLast ? "all layers" : `top ${i + 1}`,
      learningRates: ratesFromTop(headGroups, (depth) => (depth <= i ? decay ** -depth : 0)),
      ...(isLast ? {} : { until }),
    };
  });
  return { name: "ulmfit", phases };
}

/**
 * First the new layers (the whole head) until the monitored figure stops improving, then each layer by itself from the first
 * (the vectors) to the last, then all together.
 * @remarks Felbo et al. 2017 (DeepMoji), "Using millions of emoji occurrences to learn any-domain representations for
 * detecting sentiment, emotion and sarcasm", section 3.3 and figure 2, chain-thaw; each step there ends by convergence on the
 * validation set.
 */
export function chainThawPolicy({ headGroups, until = onPlateau }: LayerOptions): FreezePolicy {
  const layers = layersOf(headGroups);
  const only = (isTrained: (layer: string) => boolean): Readonly<Record<string, number>> =>
    Object.fromEntries(layers.map((layer) => [layer, isTrained(layer) ? 1 : 0]));
  return {
    name: "chain-thaw",
    phases: [
      { name: "new layers", learningRates: only((layer) => layer !== embeddingsGroup), until },
      ...layers.map((chosen) => ({
        name: `only ${chosen}`,
        learningRates: only((layer) => layer === chosen),
        until,
      })),
      { name: "all layers", learningRates: {} },
    ],
  };
}

/** How `bandByBandPolicy` cuts the vocabulary. */
export interface BandByBandOptions {
  /** Upper ends of the bands as shares of the rows that occur, ascending, below 1; default 1 %, 10 %: then all rows. */
  readonly upTo?: readonly number[];
  /** End of each phase but the last; default a plateau. */
  readonly until?: PhaseEnd;
  /** Learning rate of a band against the one before it (more frequent); default 1. */
  readonly bandRate?: number;
}

/**
 * Frozen first; then the most frequent rows train, then more of them, at last all: rare rows, whose few gradients are mostly
 * noise, are the last to move.
 * @remarks Gradual unfreezing (Howard and Ruder 2018, section 3.3) over frequency bands of one table instead of layers. With
 * `bandRate` below 1 rarer bands also have the smaller rates of section 3.2.
 */
export function bandByBandPolicy({
  upTo = [0.01, 0.1],
  until = onPlateau,
  bandRate = 1,
}: BandByBandOptions = {}): FreezePolicy {
  const ends = [...upTo, 1];
  const band = (from: number, to: number): RowRule => ({ kind: "band", by: "quantile", from, to });
  const rowRates = ends.map((to, i) => ({ rows: band(i === 0 ? 0 : ends[i - 1]!, to), rate: bandRate ** i }));
  const phases = ends.map((to, i): FreezePhase => {
    const isLast = i === ends.length - 1;
    return {
      name: isLast ? "all rows" : `top ${Number((to * 100).toPrecision(6))} %`,
      learningRates: {},
      ...(isLast ? {} : { rows: band(0, to) }),
      ...(bandRate === 1 ? {} : { rowRates }),
      ...(isLast ? {} : { until }),
    };
  });
  return {
    name: "band-by-band",
    phases: [{ name: "frozen", learningRates: { [embeddingsGroup]: 0 }, until }, ...phases],
  };
}

const onlyRows = (name: string, rows: RowRule): FreezePolicy => ({
  name,
  phases: [{ name: "tuned", learningRates: {}, rows }],
});

/**
 * Only rows without a pre-trained vector train; the others stay as they came.
 * @remarks Asked for in brmson/dataset-sts#20 ("train only OOV rows") and huggingface/transformers#5570 (only new tokens).
 */
export function onlyNewPolicy(): FreezePolicy {
  return onlyRows("only-new", { kind: "pretrained", found: false });
}

/**
 * Only rows that occur at least `minCount` times (default 5, word2vec's own cut-off) in the training text train.
 * @remarks Rows seen a few times are moved by noise: with a count of 1 tuned and unseen words part ways
 * (UKPLab/emnlp2017-bilstm-cnn-crf#17). The default is `min_count` of Mikolov et al. 2013's tool.
 */
export function onlyFrequentPolicy({ minCount = 5 }: { readonly minCount?: number } = {}): FreezePolicy {
  return onlyRows("only-frequent", { kind: "min-count", count: minCount });
}

/**
 * Only the `top` rows (default 1000) that tell the classes best apart train.
 * @remarks Feature selection by mutual information (Yang and Pedersen 1997; Manning, Raghavan and Schütze 2008, section
 * 13.5.1), deciding what may move instead of what is read.
 */
export function onlyIndicativePolicy({ top = 1000 }: { readonly top?: number } = {}): FreezePolicy {
  return onlyRows("only-indicative", { kind: "class-indicative", statistic: "mutual-information", top });
}

/** What a preset by name may need. */
export interface PresetContext {
  /** Groups of the head from input to output. */
  readonly headGroups: readonly string[];
  /** End of the frozen phase, or of each phase but the last; default the preset's own. */
  readonly until?: PhaseEnd;
}

/** Presets by name. */
const presets = {
  frozen: () => frozenPolicy,
  full: () => fullPolicy,
  gradual: ({ until = onPlateau }: PresetContext) => gradualPolicy({ until }),
  discriminative: ({ headGroups }: PresetContext) => discriminativePolicy({ headGroups }),
  ulmfit: (context: PresetContext) => ulmfitPolicy(context),
  "chain-thaw": (context: PresetContext) => chainThawPolicy(context),
  "band-by-band": ({ until = onPlateau }: PresetContext) => bandByBandPolicy({ until }),
  "only-new": () => onlyNewPolicy(),
  "only-frequent": () => onlyFrequentPolicy(),
  "only-indicative": () => onlyIndicativePolicy(),
} satisfies Readonly<Record<string, (context: PresetContext) => FreezePolicy>>;

/** A preset's name. */
export type PolicyName = keyof typeof presets;

/** Every preset's name. */
export const policyNames: readonly PolicyName[] = Object.freeze(Object.keys(presets) as PolicyName[]);

/** The preset of that name, as plain data. */
export function presetPolicy(name: PolicyName, context: PresetContext): FreezePolicy {
  return presets[name](context);
}
