import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { type Dataset, datasetOf } from "@thawline/text";
import { readDatasetFile } from "@thawline/text/node";
import {
  checkAll,
  conflictLines,
  editKinds,
  flipLabels,
  leakedLines,
  plantCopies,
  shareFound,
  shuffleLabels,
} from "./planted-faults.ts";
import { UsageError } from "./usage-error.ts";

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

/** Share of planted copies that a check finds, by the kind of edit. */
function duplicates(train: Dataset, test: Dataset): string[] {
  const planted = plantCopies(train, test, { count: 400, seed: 1, relabel: false });
  const found = leakedLines(checkAll({ train, test: planted.dataset }, false));
  return editKinds.map((kind) => percent(shareFound(planted.lines[kind]!, found)));
}

/** The same for copies under another label inside train. */
function conflicts(train: Dataset): string[] {
  const planted = plantCopies(train, train, { count: 400, seed: 2, relabel: true });
  const found = conflictLines(checkAll({ train: planted.dataset }, false));
  return editKinds.map((kind) => percent(shareFound(planted.lines[kind]!, found)));
}

/** Share of 5 % flipped labels among the first tenth of the rows, ranked by suspicion; the estimated rates; the time. */
function noise(train: Dataset, seed: number) {
  const { dataset, lines } = flipLabels(train, { share: 0.05, seed });
  const started = performance.now();
  const { noise: report } = checkAll({ train: dataset }, true);
  const elapsedMs = performance.now() - started;
  const first = report!.samples.slice(0, Math.floor(dataset.rows / 10)).map(({ line }) => line);
  return { found: shareFound(lines, first), listed: first.length, rate: report!.splits.train!.rate, elapsedMs };
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

function row(name: string, train: Dataset, test: Dataset, seeds: number): string {
  const flips = Array.from({ length: seeds }, (_, i) => noise(train, i + 1));
  const asIs = checkAll({ train }, true);
  const shuffled = Array.from({ length: seeds }, (_, i) => checkAll({ train: shuffleLabels(train, i + 1) }, true));
  const told = shuffled.filter(({ findings }) => findings.some(({ code }) => code === "unlearnable")).length;
  return [
    name,
    duplicates(train, test).join(" / "),
    conflicts(train).join(" / "),
    `${percent(mean(flips.map((each) => each.found)))} (${flips.map((each) => percent(each.found)).join(", ")})`,
    `${percent(asIs.noise!.splits.train!.rate)} → ${percent(mean(flips.map((each) => each.rate)))}`,
    `${told} of ${seeds}`,
    percent(asIs.learnability!.model.value),
    `${(mean(flips.map((each) => each.elapsedMs)) / 1000).toFixed(1)} s`,
  ].join(" | ");
}

/**
 * `bench check-data --data DIR [--data DIR …] [--seeds 3]`: what `check-data` finds of planted faults, as a markdown table.
 * DIR has train.tsv and test.tsv.
 */
export async function checkDataBench(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { data: { type: "string", multiple: true }, seeds: { type: "string", default: "3" } },
  });
  const seeds = Number(values.seeds);
  if (values.data === undefined || !(Number.isInteger(seeds) && seeds >= 1)) {
    throw new UsageError("check-data takes --data DIR (once or more) and --seeds N");
  }
  const edits = editKinds.join(" / ");
  process.stdout.write(
    `| data | planted copies across splits found: ${edits} | planted conflicts found: ${edits} | of 5 % flipped labels in the first tenth of suspects | estimated noise before → with the flips | shuffled sets told | accuracy of the model | time |\n|---|---|---|---|---|---|---|---|\n`,
  );
  for (const folder of values.data) {
    const read = async (name: string): Promise<Dataset> => {
      const { texts, labels } = await readDatasetFile(join(folder, name));
      return datasetOf(texts, labels);
    };
    process.stdout.write(`| ${row(basename(folder), await read("train.tsv"), await read("test.tsv"), seeds)} |\n`);
  }
}
