import { readFileSync } from "node:fs";
import { join } from "node:path";
import { hashOf, inParallel, once, taskVectors, thawline, write } from "./command.mjs";
import { gain, mean, signed, table, titles } from "./format.mjs";

const subsets = 20;
const rows = 150;
const seeds = 5;
const policies = "frozen,gradual";

/** Writes the seeded subset of a data set's training rows: those whose hash with the seed is smallest, in their order. */
function writeSubset(place, name, subset) {
  const lines = readFileSync(join(place.data, name, "train.tsv"), "utf8")
    .split("\n")
    .filter(Boolean);
  const chosen = lines
    .map((_, row) => ({ row, key: hashOf(`${subset}:${row}`) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .slice(0, rows)
    .map(({ row }) => row)
    .sort((a, b) => a - b);
  const path = join(place.work, "small-data", `${name}-${subset}.tsv`);
  write(path, chosen.map((row) => `${lines[row]}\n`).join(""));
  return path;
}

/** What the verdict is judged by: the data set's own dev split, or the 150 rows themselves. */
const judges = {
  dev: { folder: "small-data-dev", flags: (place, name) => ["--dev", join(place.data, name, "dev.tsv")] },
  folds: { folder: "small-data", flags: () => [] },
};

async function compareSubset(place, judge, { name, subset }) {
  const { folder } = judge;
  const kept = join(place.work, folder, `${name}-${subset}.json`);
  const document = await once(kept, async () => {
    const train = writeSubset(place, name, subset);
    const flags = [
      "--train",
      train,
      "--test",
      join(place.data, name, "test.tsv"),
      ...judge.flags(place, name),
      "--vectors",
      await taskVectors(place, name),
    ];
    const out = join(place.work, folder, `${name}-${subset}`);
    return thawline(place, [
      ...["compare", ...flags, "--policies", policies, "--seeds", String(seeds)],
      ...["--no-deltas", "--resume", "--quiet", "--out", out],
    ]);
  });
  const pair = (on) => document.pairs.find((each) => each.on === on);
  const keeps = document.verdict.recommendation === "frozen";
  const [low, high] = pair("test").interval;
  return {
    name,
    subset,
    keeps,
    dev: pair("dev"),
    test: pair("test"),
    isContradicted: keeps ? low > 0 : high < 0,
    document,
  };
}

const row = ({ name, subset, keeps, dev, test, isContradicted }) => [
  titles[name],
  subset,
  gain(dev),
  keeps ? "keep frozen" : "tune",
  gain(test),
  isContradicted ? "**contradicted**" : "",
];

/** How many verdicts are contradicted, and by how much. */
function summary(results) {
  const contradicted = results.filter(({ isContradicted }) => isContradicted);
  const tuned = results.filter(({ keeps }) => !keeps).length;
  const sizes = contradicted.map(({ test }) => test.difference);
  const span =
    sizes.length === 0
      ? ""
      : ` Those contradicted differ by ${signed(Math.min(...sizes))} to ${signed(Math.max(...sizes))} points on test.`;
  const all = mean(results.map(({ test }) => test.difference));
  return `**${contradicted.length} of ${results.length} verdicts are contradicted; ${results.length - tuned} say "keep frozen", ${tuned} "tune".**${span} Over all subsets
gradual gains ${signed(all)} points on test in the mean.`;
}

const tableOf = (results) =>
  table(["data", "subset", "difference on dev", "verdict", "difference on test", ""], results.map(row));

/** docs/results/small-data.md */
export async function smallDataPage(place) {
  const cases = ["mr", "subj"].flatMap((name) => Array.from({ length: subsets }, (_, i) => ({ name, subset: i + 1 })));
  for (const name of ["mr", "subj"]) await taskVectors(place, name);
  const run = (judge) => inParallel(cases, place.jobs, (each) => compareSubset(place, judge, each));
  const byDev = await run(judges.dev);
  const byFolds = await run(judges.folds);
  const { version, data } = byFolds[0].document;
  const { dev, test } = byDev[0].document.data;
  const text = `# Small data: the verdict on ${rows} rows

<!-- Written by node scripts/results.mjs --pages small-data: do not edit. -->

Of MR and of Subj, ${subsets} subsets of ${rows} training rows (those whose SHA-256 with the subset's number is smallest). On each,
\`thawline compare --policies ${policies} --seeds ${seeds}\`, judged in two ways. Beside each verdict stands what the same models do on the whole
test split (MR ${test.rows} rows, Subj ${byDev.at(-1).document.data.test.rows}), which the verdict does not look at. Differences are gradual minus frozen in points of accuracy, with
paired 95 % intervals. Vectors: GloVe 6B, 100 dimensions, the words of the data set; Thawline ${version}.

The rule keeps the vectors frozen unless the interval on dev lies above 0. A verdict is contradicted where the test
interval lies wholly on the other side: above 0 at "keep frozen", below 0 at "tune".

## Judged on the data set's dev split

With \`--dev\`: MR ${dev.rows} rows, Subj ${byDev.at(-1).document.data.dev.rows}, which also choose the best epoch.

${summary(byDev)}

${tableOf(byDev)}

## Judged on the ${rows} rows alone

Without \`--dev\`: ${data.evaluation.folds}-fold cross-validation over the ${rows} rows, so the verdict sees nothing else.

${summary(byFolds)} ${rows} rows cannot show differences this small,
and the test interval, of about 1,000 rows judged by every fold's models of ${seeds} seeds, is several times narrower than the one
on dev: a small gain that is real counts as a contradiction here.

${tableOf(byFolds)}
`;
  write(join(place.docs, "small-data.md"), text);
}
