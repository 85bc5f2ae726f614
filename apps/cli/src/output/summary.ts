import type { MovedWord, PhaseScores, RunDocument, SplitScores } from "../run/document.ts";
import { counted, grouped, percent, seconds } from "./format.ts";
import type { Style } from "./style.ts";
import { textTable } from "./text-table.ts";

const accuracy = (scores: SplitScores | null | undefined): string => (scores == null ? "–" : percent(scores.accuracy));
const loss = (scores: SplitScores | null | undefined): string => (scores == null ? "–" : scores.loss.toFixed(4));

function phaseTable({ phases, metrics, bestEpoch, policy }: RunDocument): string {
  const row = (name: string, scores: PhaseScores | null): string[][] =>
    scores === null
      ? []
      : [
          [
            name,
            String(scores.epoch),
            accuracy(scores.dev),
            loss(scores.dev),
            accuracy(scores.test),
            loss(scores.test),
          ],
        ];
  const rows = [...row("frozen vectors", phases.frozen), ...row("tuned vectors", phases.tuned)];
  if (rows.length === 0)
    rows.push([
      policy,
      String(bestEpoch),
      accuracy(metrics.dev),
      loss(metrics.dev),
      accuracy(metrics.test),
      loss(metrics.test),
    ]);
  return textTable(["", "epoch", "dev acc", "dev loss", "test acc", "test loss"], rows);
}

function verdictLine({ verdict, phases }: RunDocument, style: Style): string[] {
  if (verdict === null) return [];
  const { frozen, tuned } = phases;
  const gain = tuned!.dev.accuracy - frozen!.dev.accuracy;
  const points = `${gain >= 0 ? "+" : "−"}${Math.abs(gain * 100).toFixed(1)} points of dev accuracy`;
  return verdict.recommendation === "tuned"
    ? [style.green(`Tuning helped: ${verdict.reason}; ${points}.`)]
    : [style.yellow(`Keep the vectors frozen: ${verdict.reason}. The model holds the frozen epoch's weights.`)];
}

const movedRow = ({ word, cosineDistance, count, neighborsBefore, neighborsAfter }: MovedWord): string[] => [
  word,
  cosineDistance.toFixed(3),
  String(count),
  neighborsBefore.slice(0, 3).join(" "),
  neighborsAfter.slice(0, 3).join(" "),
];

function driftLines({ drift }: RunDocument): string[] {
  if (drift === null) return [];
  const identical = drift.frozenRowsBitIdentical
    ? "bit-identical to the input (checked by hash)"
    : "NOT identical to the input: please report this as a bug";
  if (drift.movedRows === 0)
    return [`Drift    no pre-trained row moved; all ${grouped(drift.frozenRows)} are ${identical}`];
  return [
    `Drift    ${grouped(drift.movedRows)} rows moved, by a mean cosine distance of ${drift.meanCosineDistance.toFixed(4)} (95 % below ${drift.p95CosineDistance.toFixed(4)}); ${percent(drift.neighborOverlapAt10)} of their 10 nearest neighbours stayed`,
    `         ${counted(drift.frozenRows, "row")} stayed; those that had to are ${identical}`,
    "",
    textTable(
      ["moved most", "distance", "count", "nearest before", "nearest after"],
      drift.mostMoved.slice(0, 8).map(movedRow),
    ),
  ];
}

/** What became of the words that training never saw; nothing without `--carry-unmoved`. */
function carriedLines({ carried, metrics }: RunDocument): string[] {
  if (carried === null) return [];
  if (carried.rows === 0) return ["", `Carried  nothing: ${carried.reason}`];
  const { dev, test } = carried.metricsWithout!;
  const change = (name: string, without: SplitScores, moved: SplitScores | null): string =>
    `${name} accuracy ${accuracy(without)} without, ${accuracy(moved)} with them moved`;
  return [
    "",
    `Carried  ${counted(carried.rows, "row")} that training never saw, by a map (${carried.map!.kind}): ${carried.reason}`,
    `         ${[change("dev", dev, metrics.dev), ...(test === null ? [] : [change("test", test, metrics.test)])].join("; ")}`,
  ];
}

/** The words without a vector, and where to read more of them. */
function coverageLines({ coverage, vectors }: RunDocument, auditHint: string | undefined): string[] {
  const { tokens, oovTypes } = coverage;
  if (vectors.tokens?.kind === "subwords") {
    const made = `${counted(vectors.tokens.composed, "word")} of the data ${vectors.tokens.composed === 1 ? "is" : "are"} made of n-grams alone`;
    return [`Words    ${percent(tokens)} of the training tokens have a row of their own; ${made}`, ""];
  }
  const facts = `Words    ${percent(tokens)} of the training tokens have a vector, ${counted(oovTypes, "word")} ${oovTypes === 1 ? "has" : "have"} none`;
  if (auditHint === undefined) return [facts, ""];
  return [`${facts}; which, and what would find them:`, `         ${auditHint}`, ""];
}

/**
 * The end of a run for people: frozen against tuned, what moved, the words without a vector, and the files.
 * @param auditHint the command that says more of those words
 */
export function summary(document: RunDocument, style: Style, auditHint?: string): string {
  const { artifacts, timing, memory } = document;
  const lines = [
    "",
    phaseTable(document),
    ...verdictLine(document, style),
    ...(document.bestEpoch === document.epochs.length ? ["The last epoch was the best: more --epochs may help."] : []),
    "",
    ...driftLines(document),
    ...carriedLines(document),
    "",
    ...coverageLines(document, auditHint),
    `Wrote    ${artifacts.model} (for predict and evaluate)`,
    ...(artifacts.report === null
      ? []
      : [`         ${artifacts.report} (open it in a browser: what moved, and whether it helped)`]),
    `         ${artifacts.vectors}, ${artifacts.delta}, ${artifacts.run}, ${artifacts.metrics}`,
    style.dim(
      `         loaded in ${seconds(timing.loadMs)}, trained in ${seconds(timing.trainMs)} (${grouped(timing.examplesPerSecond)} examples/s), peak memory ${grouped(memory.peakRssBytes / 2 ** 20)} MB`,
    ),
  ];
  return `${lines.join("\n")}\n`;
}
