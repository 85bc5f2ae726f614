import { colors } from "../chart/colors.ts";
import { epochChart } from "../chart/epoch-chart.ts";
import type { ReportEpoch, ReportSampledDrift, RunReportData } from "../data/run-report-data.ts";
import type { FigureBlock } from "../document/blocks.ts";
import { grouped, percent, shortPercent } from "../text/format.ts";
import { course, epochTable, lineOf, or, spansOf } from "./epochs-section.ts";

type Read = (drift: ReportSampledDrift) => number | null;

const read =
  (pick: Read) =>
  ({ sampledDrift }: ReportEpoch): number | null =>
    sampledDrift ? pick(sampledDrift) : null;

/** Two significant digits, with a proper minus. */
const short = (value: number): string => String(Number(value.toPrecision(2))).replace("-", "−");

/**
 * Whether words kept their company over the epochs, and whether they came apart from words that training never saw; none
 * where it was not measured or nothing moved.
 */
export function companyFigures({ epochs, bestEpoch }: RunReportData): FigureBlock[] {
  const sample = epochs.at(-1)?.sampledDrift;
  if (!sample || epochs.every((each) => each.meanCosineDistance === 0)) return [];
  const spans = spansOf(epochs);
  const overlap = epochs.map(read((drift) => drift.neighborOverlap));
  const cka = epochs.map(read((drift) => drift.cka));
  const gap = epochs.map(read((drift) => drift.breakGap));
  const company: FigureBlock = {
    kind: "figure",
    title: "Company and shape",
    description: `Of a sample of words: the share of nearest neighbours that they kept ${course(overlap, percent)}; linear CKA ${course(cka, (value) => value.toFixed(3))}.`,
    caption: `Of a fixed sample of ${grouped(sample.seenRows)} words of the training text: how many of their ${sample.k} nearest words they kept, and linear CKA (1: the same shape but for rotation and scale).`,
    chart: epochChart({
      spans,
      bestEpoch,
      format: percent,
      axisFormat: shortPercent,
      lines: [lineOf("neighbours", colors.tuned, overlap), lineOf("CKA", colors.ink, cka, true)],
    }),
    table: epochTable("Company and shape by epoch", epochs, [
      ["neighbours kept", (each) => or(read((drift) => drift.neighborOverlap)(each), percent)],
      ["linear CKA", (each) => or(read((drift) => drift.cka)(each), (value) => value.toFixed(4))],
      [
        "mean cosine of two words",
        (each) => or(read((drift) => drift.averageCosine)(each), (value) => value.toFixed(4)),
      ],
      ["isotropy", (each) => or(read((drift) => drift.partitionIsotropy)(each), (value) => value.toFixed(4))],
    ]),
  };
  if (gap.every((value) => value === null)) return [company];
  return [
    company,
    {
      kind: "figure",
      title: "Break from never-seen words",
      description: `How much more words of the training text came away from words that it lacks than from each other: it ${course(gap, short)}.`,
      caption: `How much more words of the training text came away from words that it lacks than from each other, as a difference of cosines. Above 0, new text meets the model in a space that it has left; near 0 is well.`,
      chart: epochChart({
        spans,
        bestEpoch,
        format: short,
        covers: [-0.01, 0.01],
        lines: [lineOf("break", colors.tuned, gap)],
      }),
      table: epochTable("Break from never-seen words by epoch", epochs, [
        ["break", (each) => or(read((drift) => drift.breakGap)(each), (value) => value.toFixed(5).replace("-", "−"))],
      ]),
    },
  ];
}
