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

async function compareSubset(place, name, subset) {
  const kept = join(place.work, "small-data", `${name}-${subset}.json`);
  const document = await once(kept, async () => {
    const train = writeSubset(place, name, subset);
    const flags = [
      "--train",
      train,
      "--test",
      join(place.data, name, "test.tsv"),
      "--vectors",
      await taskVectors(place, name),
    ];
    const out = join(place.work, "small-data", `${name}-${subset}`);
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

/** How large the test differences of contradicted verdicts are, beside the mean of all. */
function contradictedText(results) {
  const all = mean(results.map(({ test }) => test.difference));
  const sizes = results.filter(({ isContradicted }) => isContradicted).map(({ test }) => test.difference);
  const span =
    sizes.length === 0
      ? "None is contradicted"
      : `Those contradicted differ by ${signed(Math.min(...sizes))} to ${signed(Math.max(...sizes))} points on test`;
  return `${span}; over all subsets gradual
gains ${signed(all)} points on test in the mean. ${rows} rows cannot show differences this small, and the test interval, of about
1,000 rows judged by every fold's models of ${seeds} seeds, is several times narrower than the one on dev.`;
}

/** docs/results/small-data.md */
export async function smallDataPage(place) {
  const cases = ["mr", "subj"].flatMap((name) => Array.from({ length: subsets }, (_, i) => ({ name, subset: i + 1 })));
  for (const name of ["mr", "subj"]) await taskVectors(place, name);
  const results = await inParallel(cases, place.jobs, ({ name, subset }) => compareSubset(place, name, subset));
  const contradicted = results.filter(({ isContradicted }) => isContradicted).length;
  const tuned = results.filter(({ keeps }) => !keeps).length;
  const { version, data } = results[0].document;
  const text = `# Small data: the verdict on ${rows} rows

<!-- Written by node scripts/results.mjs --pages small-data: do not edit. -->

Of MR and of Subj, ${subsets} subsets of ${rows} training rows (those whose SHA-256 with the subset's number is smallest). On each,
\`thawline compare --policies ${policies} --seeds ${seeds}\` without \`--dev\`: ${data.evaluation.folds}-fold cross-validation over the ${rows} rows, so the verdict sees
nothing else. Beside it what the same models do on the whole test split (MR ${results[0].document.data.test.rows} rows, Subj ${results.at(-1).document.data.test.rows}), which the verdict does not
look at. Differences are gradual minus frozen in points of accuracy, with paired 95 % intervals. Vectors: GloVe 6B, 100
dimensions, the words of the data set; Thawline ${version}.

The rule keeps the vectors frozen unless the interval on dev lies above 0. A verdict is contradicted where the test
interval lies wholly on the other side: above 0 at "keep frozen", below 0 at "tune".

**${contradicted} of ${results.length} verdicts are contradicted; ${results.length - tuned} say "keep frozen", ${tuned} "tune".** The aim was at most 2. ${contradictedText(results)}

${table(["data", "subset", "difference on dev", "verdict", "difference on test", ""], results.map(row))}
`;
  write(join(place.docs, "small-data.md"), text);
}
