import { deriveSeed } from "@thawline/core";
import { type Dataset, encodeLabels, labelsOf, splitDataset } from "@thawline/text";
import { readDatasetFile } from "@thawline/text/node";
import { checkOneStdin, isStdin } from "../options/one-stdin.ts";
import { UsageError } from "../options/usage-error.ts";
import { defaults } from "./defaults.ts";
import type { Settings } from "./settings.ts";

/** A part of the data with the class of each row. */
export interface LabelledSplit {
  readonly dataset: Dataset;
  /** `[N]`. */
  readonly classes: Int32Array;
  /** Of the file's bytes. */
  readonly sha256: string;
}

/** The data of a run. */
export interface Splits {
  readonly train: LabelledSplit;
  readonly dev: LabelledSplit;
  readonly test: LabelledSplit | null;
  readonly labels: readonly string[];
  /** True where `dev` was held out of the training file. */
  readonly devIsHeldOut: boolean;
}

type ReadSettings = Pick<
  Settings,
  "vectors" | "train" | "dev" | "test" | "textColumn" | "labelColumn" | "strict" | "seed"
>;

/** Reads one labelled file as the settings say. */
export async function readLabelled(
  path: string,
  settings: Pick<Settings, "textColumn" | "labelColumn" | "strict">,
): Promise<{ readonly dataset: Dataset; readonly sha256: string }> {
  const { sha256, ...dataset } = await readDatasetFile(path, {
    hash: true,
    strict: settings.strict,
    ...(settings.textColumn === null ? {} : { textColumn: settings.textColumn }),
    ...(settings.labelColumn === null ? {} : { labelColumn: settings.labelColumn }),
  });
  return { dataset, sha256: sha256! };
}

/**
 * Reads training, development and test data; without a development file a seeded, stratified part of the training rows
 * is held out. `knownLabels` are those of a model that training goes on from.
 * @throws FormatError BAD_DATA_FILE; ThawlineError BAD_DATA for too few or unknown labels; UsageError for stdin where
 * it will not do
 */
export async function readSplits(settings: ReadSettings, knownLabels?: readonly string[]): Promise<Splits> {
  checkStdin(settings);
  const train = await readLabelled(settings.train, settings);
  const dev = settings.dev === null ? null : await readLabelled(settings.dev, settings);
  const test = settings.test === null ? null : await readLabelled(settings.test, settings);
  const labels = knownLabels ?? labelsOf(train.dataset);
  const split =
    dev === null
      ? splitDataset(train.dataset, { fraction: defaults.heldOut, seed: deriveSeed(settings.seed, "held-out") })
      : { train: train.dataset, held: dev.dataset };
  const classed = (dataset: Dataset, sha256: string): LabelledSplit => ({
    dataset,
    classes: encodeLabels(dataset, labels),
    sha256,
  });
  return {
    train: classed(split.train, train.sha256),
    dev: classed(split.held, dev?.sha256 ?? train.sha256),
    test: test === null ? null : classed(test.dataset, test.sha256),
    labels,
    devIsHeldOut: dev === null,
  };
}

/** Labelled text is read once; of the vectors a run reads the first words, then all, and again to write them. */
function checkStdin({ vectors, train, dev, test }: ReadSettings): void {
  if (isStdin(vectors))
    throw new UsageError(
      "--vectors is read more than once: save it as a file, with thawline convert - vectors.safetensors",
    );
  checkOneStdin({ "--train": train, "--dev": dev, "--test": test });
}
