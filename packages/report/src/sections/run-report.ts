import type { RunReportData } from "../data/run-report-data.ts";
import { code, type ReportDocument, type Section, type Text, type Tile, word } from "../document/blocks.ts";
import { counted, distance, grouped, percent, points, sentence } from "../text/format.ts";
import { alignmentSection } from "./alignment-section.ts";
import { driftSection } from "./drift-section.ts";
import { epochsSection } from "./epochs-section.ts";
import { findingsSection } from "./findings-section.ts";
import { originSection } from "./origin-section.ts";
import { scoresSection } from "./scores-section.ts";
import { wordsSection } from "./words-section.ts";

type Opening = Pick<ReportDocument, "headline" | "tone" | "lead">;

/** The verdict in plain words. */
function openingOf({ verdict, phases, drift, bestEpoch }: RunReportData): Opening {
  const { frozen, tuned } = phases;
  if (bestEpoch === null) {
    return {
      headline: "The run was stopped before its end",
      tone: "neutral",
      lead: "It can go on from its last checkpoint with --resume.",
    };
  }
  if (verdict !== null && frozen !== null && tuned !== null) {
    const gain = `Dev accuracy: ${percent(frozen.dev.accuracy)} frozen, ${percent(tuned.dev.accuracy)} tuned (${points(tuned.dev.accuracy - frozen.dev.accuracy)}).`;
    const cost =
      drift === null
        ? ""
        : ` Training moved ${counted(drift.movedRows, "word")}, by a mean cosine distance of ${distance(drift.meanCosineDistance)}.`;
    const caution = [" This is one run: ", code("thawline compare"), " says how sure it is."];
    return verdict.recommendation === "tuned"
      ? {
          headline: "Tuning helped: use the tuned vectors",
          tone: "tuned",
          lead: [`${sentence(verdict.reason)} ${gain}${cost}`, ...caution],
        }
      : {
          headline: "Keep the vectors frozen",
          tone: "frozen",
          lead: [`${sentence(verdict.reason)} ${gain} The model holds the frozen epoch's weights.`, ...caution],
        };
  }
  const hint = [
    "There is nothing to compare it with: ",
    code("thawline compare"),
    " runs frozen against tuned vectors.",
  ];
  return drift === null || drift.movedRows === 0
    ? { headline: "The vectors stayed frozen", tone: "frozen", lead: ["Only the classifier learned. ", ...hint] }
    : { headline: "The vectors were tuned from the start", tone: "tuned", lead: hint };
}

function tilesOf({ phases, metrics, drift, frozenRows }: RunReportData): Tile[] {
  const tiles: Tile[] = [];
  for (const split of ["test", "dev"] as const) {
    const scores = metrics[split];
    if (scores === null) continue;
    const frozen = phases.frozen?.[split] ?? null;
    const isOther = frozen !== null && phases.tuned !== null;
    const note = isOther ? `frozen ${percent(frozen.accuracy)}` : counted(scores.rows, "text");
    tiles.push({ label: `${split} accuracy`, value: percent(scores.accuracy), note });
  }
  if (drift !== null) {
    tiles.push({
      label: "words that moved",
      value: grouped(drift.movedRows),
      note: `${grouped(drift.frozenRows)} stayed`,
    });
    if (drift.movedRows > 0) {
      tiles.push(
        { label: "mean drift", value: distance(drift.meanCosineDistance), note: "cosine distance" },
        { label: "neighbours kept", value: percent(drift.neighborOverlapAt10), note: "of the 10 nearest" },
      );
    }
  }
  if (frozenRows !== null) {
    tiles.push({
      label: "frozen rows",
      value: frozenRows.bitIdentical ? "identical" : "CHANGED",
      note: `${grouped(frozenRows.count)}, by hash`,
    });
  }
  return tiles;
}

/** The report of one fine-tuning run. */
export function runReport(data: RunReportData): ReportDocument {
  const { name, head, policy, backend, seed, origin, vectors, task, findings } = data;
  const facts: [string, Text][] = [
    ["Policy", [word(policy)]],
    ["Head", head],
    ["Backend", backend],
    ["Seed", String(seed)],
  ];
  const sections = [
    scoresSection(data),
    epochsSection(data),
    driftSection(data),
    wordsSection(data),
    alignmentSection(data),
    findingsSection(task, findings),
    originSection(origin, vectors, facts),
  ].filter((section): section is Section => section !== null);
  return {
    title: `${name}: fine-tuning report`,
    eyebrow: `Fine-tuning report · ${name}`,
    ...openingOf(data),
    tiles: tilesOf(data),
    sections,
    footer: `Made by Thawline ${origin.version}. Cosine distance is 1 − cosine: 0 is unmoved.`,
  };
}
