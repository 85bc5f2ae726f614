import { colors, seriesColor, seriesShapes } from "../chart/colors.ts";
import { type MapMark, mapChart } from "../chart/map-chart.ts";
import type { ReportMap, ReportMovedWord, RunReportData } from "../data/run-report-data.ts";
import { type FigureBlock, type Section, type Span, span, type Text, word } from "../document/blocks.ts";
import { counted, distance, grouped } from "../text/format.ts";

/** Names joined by commas, each marked where the other list lacks it. */
function neighborList(words: readonly string[], others: readonly string[], mark: "new" | "lost"): Text {
  if (words.length === 0) return "–";
  const known = new Set(others);
  return words.flatMap((each, i): (string | Span)[] => [
    ...(i === 0 ? [] : [", "]),
    known.has(each) ? word(each) : span(mark, each),
  ]);
}

function wordRow(
  { word: name, cosineDistance, count, neighborsBefore, neighborsAfter }: ReportMovedWord,
  most: number,
) {
  return [
    [word(name)],
    { text: distance(cosineDistance), share: most === 0 ? 0 : cosineDistance / most },
    grouped(count),
    neighborList(neighborsBefore, neighborsAfter, "lost"),
    neighborList(neighborsAfter, neighborsBefore, "new"),
  ];
}

/** Labels that get a colour of their own; beyond that colours say nothing. */
const mostColors = 6;

function mapFigure(map: ReportMap, labels: readonly string[]): FigureBlock {
  const isColored = labels.length <= mostColors && map.words.some(({ label }) => label !== null);
  const markOf = (label: string | null): MapMark => {
    const index = label === null ? -1 : labels.indexOf(label);
    if (isColored && index >= 0) return { color: seriesColor(index), symbol: seriesShapes[index]!.symbol };
    return { color: isColored ? colors.quiet : colors.tuned, symbol: "circle" };
  };
  const used = labels.filter((label) => map.words.some((each) => each.label === label));
  const legend: (string | Span)[] = isColored
    ? [
        "Colour and shape are of the label that a word is most typical of: ",
        ...used.flatMap((label, i) => [
          ...(i === 0 ? [] : [", "]),
          span(
            `series-${labels.indexOf(label) + 1}` as Span["kind"],
            `${seriesShapes[labels.indexOf(label)]!.character} ${label}`,
          ),
        ]),
        ". ",
      ]
    : [];
  return {
    kind: "figure",
    title: "Where the words went",
    description: `A map of ${counted(map.words.length, "word")} that moved far, each with an arrow from its pre-trained place to its new one. The table of words has the distances.`,
    caption: ["The hollow dot is the pre-trained place, the filled one the new place. ", ...legend, map.axes],
    isWide: true,
    chart: mapChart(map, ({ label }) => markOf(label)),
    table: null,
  };
}

/** The words that moved most, in a table and on a map; null where none did. */
export function wordsSection({ movedWords, map, task }: RunReportData): Section | null {
  if (movedWords.length === 0) return null;
  const most = Math.max(...movedWords.map(({ cosineDistance }) => cosineDistance));
  return {
    id: "words",
    title: "The words that moved most",
    blocks: [
      ...(map === null || map.words.length === 0 ? [] : [mapFigure(map, task.labels)]),
      {
        kind: "table",
        caption: "The words that moved most, with their nearest neighbours before and after",
        columns: [
          { title: "word" },
          { title: "cosine distance", isNumber: true },
          { title: "occurrences", isNumber: true },
          { title: "nearest before" },
          { title: "nearest after" },
        ],
        rows: movedWords.map((each) => wordRow(each, most)),
      },
      {
        kind: "paragraph",
        text: [
          "Neighbours that a word ",
          span("lost", "lost"),
          " are struck through, those that it ",
          span("new", "gained"),
          " are bold.",
        ],
      },
    ],
  };
}
