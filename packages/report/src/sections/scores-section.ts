import { wilsonInterval } from "@thawline/analysis";
import type { ReportScores } from "../data/common.ts";
import type { RunReportData } from "../data/run-report-data.ts";
import { quiet, type Section, strong, type Text } from "../document/blocks.ts";
import { counted, percent } from "../text/format.ts";
import { problemNote } from "./findings-section.ts";

type Split = "dev" | "test" | "train";

interface ScoreRow {
  readonly name: string;
  readonly scores: Readonly<Record<Split, ReportScores | null>>;
}

/** The best frozen and the best tuned epoch, where both were tried; the weights that were kept are one of them. */
function rowsOf({ phases, metrics, bestEpoch }: RunReportData): ScoreRow[] {
  const rows: ScoreRow[] = [];
  let isKeptShown = false;
  for (const [name, phase] of [
    ["frozen vectors", phases.frozen],
    ["tuned vectors", phases.tuned],
  ] as const) {
    if (phase === null) continue;
    const isKept = phase.epoch === bestEpoch;
    isKeptShown ||= isKept;
    const train = isKept ? metrics.train : null;
    rows.push({
      name: `${name}, epoch ${phase.epoch}${isKept ? " (kept)" : ""}`,
      scores: { dev: phase.dev, test: phase.test, train },
    });
  }
  if (!isKeptShown && Object.values(metrics).some((scores) => scores !== null))
    rows.push({ name: "the model that was kept", scores: metrics });
  return rows;
}

/** Where the accuracy on all texts like these lies. */
function interval({ accuracy, rows }: ReportScores): string {
  if (rows === 0) return "no rows";
  const { low, high } = wilsonInterval(Math.round(accuracy * rows), rows);
  return `${(low * 100).toFixed(1)} to ${(high * 100).toFixed(1)} %`;
}

function scoreCell(scores: ReportScores | null, split: Split): Text {
  if (scores === null) return "–";
  const { accuracy, loss, macroF1 } = scores;
  const range = split === "train" ? "" : `${interval(scores)}; `;
  return [strong(percent(accuracy)), quiet(` ${range}loss ${loss.toFixed(4)}, F1 ${macroF1.toFixed(3)}`)];
}

/** Frozen against tuned, and the scores of the model that was kept; null where nothing was scored. */
export function scoresSection(data: RunReportData): Section | null {
  const rows = rowsOf(data);
  if (rows.length === 0) return null;
  const splits = (["test", "dev", "train"] as const).filter((split) =>
    rows.some(({ scores }) => scores[split] !== null),
  );
  const countOf = (split: Split): number => rows.find(({ scores }) => scores[split] !== null)!.scores[split]!.rows;
  const notes = [
    "The range after the accuracy is what so few texts can tell of it (95 %, Wilson): scores whose ranges overlap by much may well be alike.",
    ...(data.task.devIsHeldOut ? ["Dev was held out of the training file."] : []),
    ...(splits.includes("test") ? [] : ["There is no test score: dev chose the epoch, so its score flatters."]),
  ];
  return {
    id: "scores",
    title: "Scores",
    blocks: [
      {
        kind: "table",
        caption: "Accuracy, loss and macro-F1 by split",
        columns: [
          { title: "model" },
          ...splits.map((split) => ({ title: `${split}, ${counted(countOf(split), "text")}` })),
        ],
        rows: rows.map(({ name, scores }) => [name, ...splits.map((split) => scoreCell(scores[split], split))]),
      },
      { kind: "paragraph", text: notes.join(" ") },
      ...problemNote(data.findings),
    ],
  };
}
