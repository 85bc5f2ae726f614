import { rmSync } from "node:fs";
import { join } from "node:path";
import { inParallel, once, splitsOf, taskVectors, thawline, write } from "./command.mjs";
import { mean, points, table, titles } from "./format.mjs";
import { tradeOffSvg } from "./trade-off-svg.mjs";

/** Data sets, and the seeds of each setting's runs. */
const sets = { mr: [1, 2], banking77: [1] };

const setting = (family, policy, label, ...flags) => ({ family, policy, label, flags });
const rates = [0.0005, 0.001, 0.002, 0.004];

/** What is tried: a family of settings is one line of the figure. */
const settings = [
  setting("frozen", "frozen", "frozen"),
  ...rates.map((rate) => setting("rate", "full", `rate ${rate}`, "--embedding-lr", rate)),
  ...rates.slice(1).map((rate) => setting("rate", "gradual", `rate ${rate}`, "--embedding-lr", rate)),
  ...[0.1, 0.3, 1, 3].map((x) => setting("L2-SP", "full", `L2-SP ${x}`, "--l2sp", x)),
  ...[0.1, 0.3, 1, 3].map((x) => setting("L2-SP", "gradual", `L2-SP ${x}`, "--l2sp", x)),
  ...[3, 30].map((x) => setting("RecAdam", "full", `RecAdam ${x}`, "--recadam", x)),
  ...[0.5, 0.9].map((x) => setting("mixout", "full", `mixout ${x}`, "--mixout", x)),
  ...[0.5, 0.9].map((x) => setting("mixout", "gradual", `mixout ${x}`, "--mixout", x)),
  setting("RecAdam", "gradual", "RecAdam 3", "--recadam", 3),
  setting("both", "gradual", "rate 0.004, L2-SP 0.1", "--embedding-lr", 0.004, "--l2sp", 0.1),
  setting("both", "gradual", "rate 0.004, mixout 0.9", "--embedding-lr", 0.004, "--mixout", 0.9),
  ...[0.002, 0.02].map((x) => setting("trust region", "full", `region ${x}`, "--max-row-cosine-distance", x)),
  ...[0.002, 0.02].map((x) => setting("trust region", "gradual", `region ${x}`, "--max-row-cosine-distance", x)),
  setting("schedule", "discriminative", "discriminative"),
  setting("schedule", "band-by-band", "band by band"),
];

async function runOf(place, data, { policy, label, flags }, seed) {
  const name = `${policy}-${label}-${seed}`.replaceAll(/[^\w.-]+/g, "-");
  return once(join(place.work, "trade-off", data, `${name}.json`), async () => {
    const vectors = await taskVectors(place, data);
    const out = join(place.work, "trade-off", data, `run-${name}`);
    const document = await thawline(place, [
      ...["finetune", "--vectors", vectors, ...splitsOf(place, data), "--policy", policy, ...flags.map(String)],
      ...["--seed", String(seed), "--no-report", "--quiet", "--force", "--out", out],
    ]);
    rmSync(out, { recursive: true });
    const { metrics, drift, version } = document;
    const { meanCosineDistance, neighborOverlapAt10 } = drift;
    return {
      version,
      dev: metrics.dev.accuracy,
      test: metrics.test.accuracy,
      meanCosineDistance,
      neighborOverlapAt10,
      epochs: document.epochs.length,
    };
  });
}

async function measure(place, data) {
  await taskVectors(place, data);
  const wanted = settings.flatMap((each) => sets[data].map((seed) => ({ each, seed })));
  const runs = await inParallel(wanted, place.jobs, ({ each, seed }) => runOf(place, data, each, seed));
  return settings.map((each) => {
    const own = runs.filter((_, i) => wanted[i].each === each);
    const of = (name) => mean(own.map((run) => run[name]));
    return {
      ...each,
      version: own[0].version,
      dev: of("dev"),
      test: of("test"),
      meanCosineDistance: of("meanCosineDistance"),
      neighborOverlapAt10: of("neighborOverlapAt10"),
      epochs: of("epochs"),
    };
  });
}

/** Gain over frozen and drift as shares of full tuning's with its defaults. */
function relativeTo(results) {
  const frozen = results.find(({ family }) => family === "frozen");
  const full = results.find(({ policy, label }) => policy === "full" && label === "rate 0.002");
  return (result) => ({
    gain: (result.test - frozen.test) / (full.test - frozen.test),
    drift: result.meanCosineDistance / full.meanCosineDistance,
  });
}

const percent = (share) => `${(share * 100).toFixed(0)} %`;

/** What gradual with a pull reaches of the aim: 95 % of full tuning's gain at half its drift at most. */
function aimText(data, results) {
  const relative = relativeTo(results);
  const pulled = results
    .filter(
      ({ policy, family }) =>
        policy === "gradual" && ["L2-SP", "RecAdam", "mixout", "trust region", "both"].includes(family),
    )
    .map((result) => ({ ...result, ...relative(result) }));
  const name = ({ label }) => `gradual with ${label}`;
  const reached = pulled.filter(({ gain, drift }) => gain >= 0.95 && drift <= 0.5);
  if (reached.length > 0) {
    const best = reached.reduce((a, b) => (b.gain > a.gain ? b : a));
    return `**${titles[data]}: reached.** ${name(best)} keeps ${percent(best.gain)} of full tuning's gain on test at ${percent(best.drift)} of its drift.`;
  }
  const within = pulled.filter(({ drift }) => drift <= 0.5);
  const best = (within.length > 0 ? within : pulled).reduce((a, b) => (b.gain > a.gain ? b : a));
  return `**${titles[data]}: not reached.** The most gain ${within.length > 0 ? "within half of full tuning's drift" : "of any"}: ${name(best)} keeps ${percent(best.gain)} of the gain at ${percent(best.drift)} of the drift.`;
}

const rowOf = (data, relative) => (result) => {
  const { gain, drift } = relative(result);
  return [
    titles[data],
    result.policy,
    result.label,
    points(result.dev),
    points(result.test),
    result.meanCosineDistance.toFixed(5),
    points(result.neighborOverlapAt10),
    percent(gain),
    percent(drift),
  ];
};

/** docs/results/trade-off.md and trade-off.svg */
export async function tradeOffPage(place) {
  const measured = [];
  for (const data of Object.keys(sets)) measured.push([data, await measure(place, data)]);
  write(join(place.docs, "trade-off.svg"), tradeOffSvg(measured.map(([data, results]) => [titles[data], results])));
  const seedText = Object.entries(sets).map(
    ([data, seeds]) => `${titles[data]}: ${seeds.length === 1 ? "seed" : "seeds"} ${seeds.join(", ")}`,
  );
  const text = `# Accuracy against drift

<!-- Written by node scripts/results.mjs --pages trade-off: do not edit. -->

What keeps the vectors near their pre-trained place, and what it costs: test accuracy over mean cosine distance (of the words
that moved), for learning rates of the vectors, L2-SP, RecAdam, mixout, a trust region (largest cosine distance of any
word) and schedules, under full and gradual tuning. \`thawline finetune\` with its defaults but for the setting named: linear
head, GloVe 6B of 100 dimensions, the words of the data set; Thawline ${measured[0][1][0].version}. Means over seeds (${seedText.join("; ")}): differences of a
point on MR, or half a point on banking77, are within what other rows or seeds would change.

![Test accuracy over mean cosine distance](trade-off.svg)

The aim: gradual tuning with a pull keeps at least 95 % of full tuning's gain over frozen, at no more than half its drift. The setting
named is the best on test of those tried, so its gain is what can be reached, not what a choice on dev would promise.

${measured.map(([data, results]) => `- ${aimText(data, results)}`).join("\n")}

Gain and drift in the last columns are shares of full tuning's at its default rate (0.002).

${table(
  ["data", "policy", "setting", "dev", "test", "cosine distance", "neighbours kept, %", "gain", "drift"],
  measured.flatMap(([data, results]) => results.map(rowOf(data, relativeTo(results)))),
)}
`;
  write(join(place.docs, "trade-off.md"), text);
}
