import { argMax } from "@thawline/core";
import { confidentLearning } from "./confident-learning.ts";
import { placeOf, type RowPlace, type SplitName, type SplitRows, splitNames } from "./split-rows.ts";

/** A row whose label is likely wrong. */
export interface Suspect extends RowPlace {
  readonly text: string;
  readonly label: string;
  /** The label that the model finds likeliest, and its probability. */
  readonly suggested: string;
  readonly probability: number;
  /** Whether the model is confident that the row belongs to `suggested`, in the sense of confident learning. */
  readonly isConfident: boolean;
  /** Probability of the label that the row has. */
  readonly ownProbability: number;
}

/** Noise of one split. */
export interface SplitNoise {
  /** Rows whose label train knows. */
  readonly rows: number;
  readonly suspects: number;
  /** Share of the rows whose label is wrong by the calibrated confident joint. The model's own errors count too: an upper bound. */
  readonly rate: number;
  /** Accuracy of the model on these rows: out of fold on train, and of a model of all of train on the others. */
  readonly accuracy: number;
}

/** Labels that are likely wrong, by confident learning. */
export interface NoiseReport {
  readonly splits: Readonly<Partial<Record<SplitName, SplitNoise>>>;
  /** Rows that confidently belong to another label than theirs. */
  readonly suspects: number;
  /**
   * Rows for which another label is likelier than theirs, confidently or not, by the probability of their own label: the
   * most suspect first.
   */
  readonly samples: readonly Suspect[];
}

/** What is known of the rows. */
export interface NoiseInput {
  readonly rows: SplitRows;
  /** `[N]` class of each row of all splits; -1 where train does not know its label. */
  readonly classes: Int32Array;
  readonly names: readonly string[];
  /** `[N, C]` probabilities by models that have not seen the row. */
  readonly probabilities: Float64Array;
}

/** Confident learning on one split. */
function splitNoise({ rows, classes, names, probabilities }: NoiseInput, [first, end]: readonly [number, number]) {
  const width = names.length;
  const known: number[] = [];
  for (let row = first; row < end; row++) if (classes[row]! >= 0) known.push(row);
  const own = new Float64Array(known.length * width);
  known.forEach((row, i) => {
    own.set(probabilities.subarray(row * width, (row + 1) * width), i * width);
  });
  const labels = Int32Array.from(known, (row) => classes[row]!);
  const { suspects, suggestions, noiseRate, accuracy } = confidentLearning({
    probabilities: own,
    labels,
    classes: width,
  });
  const found = known.flatMap((row, i): Suspect[] => {
    const ofRow = own.subarray(i * width, (i + 1) * width);
    const label = labels[i]!;
    const isConfident = suggestions[i] !== -1 && suggestions[i] !== label;
    const suggested = isConfident ? suggestions[i]! : argMax(ofRow, 0, width);
    if (suggested === label) return [];
    return [
      {
        ...placeOf(rows, row),
        text: rows.texts[row]!,
        label: rows.labels[row]!,
        suggested: names[suggested]!,
        probability: ofRow[suggested]!,
        isConfident,
        ownProbability: ofRow[label]!,
      },
    ];
  });
  return { found, noise: { rows: known.length, suspects: suspects.length, rate: noiseRate, accuracy } };
}

/** Looks for wrong labels in every split. `top` is the length of the list of samples. */
export function labelNoise(input: NoiseInput, top: number): NoiseReport {
  const splits: Partial<Record<SplitName, SplitNoise>> = {};
  const all: Suspect[] = [];
  for (const name of splitNames) {
    const range = input.rows.ranges[name];
    if (range === undefined) continue;
    const { found, noise } = splitNoise(input, range);
    splits[name] = noise;
    for (const suspect of found) all.push(suspect);
  }
  // Stable: ties stay in the order of splits and lines.
  all.sort((a, b) => a.ownProbability - b.ownProbability);
  const suspects = Object.values(splits).reduce((sum, { suspects }) => sum + suspects, 0);
  return { splits, suspects, samples: all.slice(0, top) };
}
