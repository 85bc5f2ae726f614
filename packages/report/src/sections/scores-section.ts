import { wilsonInterval } from "@thawline/analysis";
import type { ReportScores } from "../data/common.ts";
import type { RunReportData } from "../data/run-report-data.ts";
import { type Section, strong, type Text } from "../document/blocks.ts";
import { grouped, percent } from "../text/format.ts";

interface ScoreRow {
  readonly name: string;
  readonly split: string;
  readonly scores: ReportScores;
}

function rowsOf({ phases, metrics }: RunReportData): ScoreRow[] {
  const rows: ScoreRow[] = [];
  for (const [name, phase] of [
    ["frozen vectors", phases.frozen],
    ["tuned vectors", phases.tuned],
  ] as const) {
    if (phase === null) continue;
    rows.push({ name: `${name} (epoch ${phase.epoch})`, split: "dev", scores: phase.dev });
    if (phase.test !== null) rows.push({ name: `${name} (epoch ${phase.epoch})`, split: "test", scores: phase.test });
  }
  for (const split of ["train", "dev", "test"] as const) {
    const scores = metrics[split];
    if (scores !== null) rows.push({ name: "the model kept", split, scores });
  }
  return rows;
}

/** Where the accuracy on all texts like these lies. */
function range({ accuracy, rows }: ReportScores): string {
  if (rows === 0) return "–";
  const { low, high } = wilsonInterval(Math.round(accuracy * rows), rows);
  return `${(low * 100).toFixed(1)} to ${(high * 100).toFixed(1)} %`;
}

/** Frozen against tuned, and the scores of the model that was kept; null where nothing was scored. */
export function scoresSection(data: RunReportData): Section | null {
  const rows = rowsOf(data);
  if (rows.length === 0) return null;
  const held = data.task.devIsHeldOut ? " Dev was held out of the training file." : "";
  const noTest =
    data.metrics.test === null ? " There was no test file: dev chose the epoch, so its scores flatter." : "";
  const text: Text = [
    "The interval is what so few rows can tell of the accuracy (95 %, Wilson): two scores whose intervals overlap by much may well be alike.",
    `${held}${noTest}`,
  ];
  return {
    id: "scores",
    title: "Scores",
    blocks: [
      {
        kind: "table",
        caption: "Scores by split",
        columns: [
          { title: "model" },
          { title: "split" },
          { title: "accuracy", isNumber: true },
          { title: "interval", isNumber: true },
          { title: "macro-F1", isNumber: true },
          { title: "loss", isNumber: true },
          { title: "rows", isNumber: true },
        ],
        rows: rows.map(({ name, split, scores }) => [
          name,
          split,
          [strong(percent(scores.accuracy))],
          range(scores),
          scores.macroF1.toFixed(3),
          scores.loss.toFixed(4),
          grouped(scores.rows),
        ]),
      },
      { kind: "paragraph", text },
    ],
  };
}
