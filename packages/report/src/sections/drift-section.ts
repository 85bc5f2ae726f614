import { colors } from "../chart/colors.ts";
import { rangeChart } from "../chart/range-chart.ts";
import type { ReportBand, ReportFrozenRows, RunReportData } from "../data/run-report-data.ts";
import { type Block, code, type FigureBlock, type Section, strong, type Text } from "../document/blocks.ts";
import { counted, distance, grouped, percent, sentence } from "../text/format.ts";
import { companyFigures } from "./company-figures.ts";

/** "1", "2–3", "101 or more". */
const bandName = ({ from, to }: ReportBand): string => {
  if (to === null) return `${grouped(from)} or more`;
  return to === from + 1 ? grouped(from) : `${grouped(from)}–${grouped(to - 1)}`;
};

function bandsFigure(bands: readonly ReportBand[]): FigureBlock {
  const drawn = bands.filter(({ movedRows }) => movedRows > 0);
  const far = drawn.reduce((a, b) => (b.meanCosineDistance > a.meanCosineDistance ? b : a));
  return {
    kind: "figure",
    title: "Drift by word frequency",
    description: `Words that occur ${bandName(far)} times in the training text moved farthest: by ${distance(far.meanCosineDistance)} on average.`,
    caption:
      "Words by how often they occur in the training text. The dot is the mean cosine distance of those that moved; the bar goes from their median to the distance that 95 % stay below.",
    isWide: true,
    chart: rangeChart({
      rows: drawn.map((band) => ({
        name: `${bandName(band)} ×`,
        value: band.meanCosineDistance,
        low: Math.min(band.medianCosineDistance, band.meanCosineDistance),
        high: Math.max(band.p95CosineDistance, band.meanCosineDistance),
        color: colors.tuned,
      })),
      format: (value) => (value === 0 ? "0" : String(Number(value.toPrecision(2)))),
      fromZero: true,
    }),
    table: {
      kind: "table",
      caption: "Drift by word frequency",
      columns: ["occurrences", "words", "moved", "median", "mean", "95 % below"].map((title, i) => ({
        title,
        isNumber: i > 0,
      })),
      rows: bands.map((band) => [
        bandName(band),
        grouped(band.rows),
        grouped(band.movedRows),
        ...[band.medianCosineDistance, band.meanCosineDistance, band.p95CosineDistance].map((value) =>
          band.movedRows === 0 ? "–" : distance(value),
        ),
      ]),
    },
  };
}

/** What the hashes say of the rows that had to stay. */
export function frozenRowsBlocks(frozen: ReportFrozenRows | null): Block[] {
  if (frozen === null) return [];
  const { count, sha256Before, sha256After, bitIdentical } = frozen;
  const text: Text = bitIdentical
    ? [
        strong("Frozen means frozen. "),
        `${grouped(count)} ${count === 1 ? "row" : "rows"} had to stay, and ${count === 1 ? "is" : "are"} bit-identical to the input, checked by hash: SHA-256 `,
        code(sha256Before),
        ".",
      ]
    : [
        strong("Frozen rows changed. "),
        `${counted(count, "row")} had to stay, and not all are identical to the input: `,
        code(sha256Before),
        " before, ",
        code(sha256After),
        " after. Please report this as a bug.",
      ];
  return [{ kind: "note", tone: bitIdentical ? "good" : "warning", text }];
}

function driftFacts({ drift }: RunReportData): Block[] {
  if (drift === null) return [];
  if (drift.movedRows === 0) {
    const news =
      drift.movedNewRows > 0
        ? ` Training moved only the ${counted(drift.movedNewRows, "row")} of words that had no vector.`
        : "";
    return [
      {
        kind: "paragraph",
        text: `No pre-trained vector moved: all ${grouped(drift.frozenRows)} are as they were loaded.${news}`,
      },
    ];
  }
  return [
    {
      kind: "facts",
      facts: [
        ["Words that moved", grouped(drift.movedRows)],
        ["Words that stayed", grouped(drift.frozenRows)],
        ["Words without a pre-trained vector that moved", grouped(drift.movedNewRows)],
        ["Mean cosine distance of moved words", distance(drift.meanCosineDistance)],
        ["95 % of them moved less than", distance(drift.p95CosineDistance)],
        ["Mean and largest move (L2)", `${drift.meanL2.toFixed(2)} and ${drift.maxL2.toFixed(2)}`],
        ["Nearest neighbours kept, of 10", percent(drift.neighborOverlapAt10)],
      ],
    },
  ];
}

function carriedBlocks({ carried, metrics }: RunReportData): Block[] {
  if (carried === null) return [];
  const { rows, reason, metricsWithout } = carried;
  const began = strong(
    rows === 0 ? "Words that training never saw stayed. " : "Words that training never saw moved too. ",
  );
  const split = metrics.test !== null && metricsWithout?.test ? "test" : "dev";
  const [now, without] = [metrics[split], metricsWithout?.[split] ?? null];
  const gain =
    now === null || without === null
      ? ""
      : ` Accuracy on ${split}: ${percent(without.accuracy)} without, ${percent(now.accuracy)} with them.`;
  const count = rows === 0 ? "" : ` ${counted(rows, "row")} followed the learned map.`;
  return [{ kind: "note", tone: "plain", text: [began, `${sentence(reason)}${count}${gain}`] }];
}

/** How far the vectors moved; null where it was not measured. */
export function driftSection(data: RunReportData): Section | null {
  if (data.drift === null && data.frozenRows === null) return null;
  const { bands, guard } = data;
  const blocks: Block[] = [...driftFacts(data), ...frozenRowsBlocks(data.frozenRows)];
  if (bands.some(({ movedRows }) => movedRows > 0)) blocks.push(bandsFigure(bands));
  const company = companyFigures(data);
  if (company.length > 0) blocks.push({ kind: "grid", figures: company });
  blocks.push(...carriedBlocks(data));
  if (guard.length > 0) {
    blocks.push({
      kind: "table",
      caption: "What the drift guard did",
      columns: ["when", "action", "cause", "what was done"].map((title) => ({ title })),
      rows: guard.map(({ epoch, step, action, cause, effect }) => [
        `epoch ${epoch}${step === null ? "" : `, step ${grouped(step)}`}`,
        action,
        cause,
        effect,
      ]),
    });
  }
  return { id: "drift", title: "What moved, and how far", blocks };
}
