import type { ComparedFile, DriftGate, FilesDrift } from "../drift/drift-files.ts";
import { counted, grouped, percent } from "./format.ts";
import type { Style } from "./style.ts";
import { textTable } from "./text-table.ts";

/** Four decimals, or a dash where there is nothing. */
const figure = (value: number | null): string => (value === null ? "–" : value.toFixed(4));
/** With its sign. */
const change = (value: number | null): string => (value === null ? "–" : `${value < 0 ? "" : "+"}${value.toFixed(4)}`);

const fileLine = ({ file, format, rows, dimension, duplicates }: ComparedFile): string =>
  `${file}: ${format}, ${grouped(rows)} × ${dimension}${duplicates === 0 ? "" : `, ${counted(duplicates, "duplicate")} left out`}`;

function moveTable({ drift }: FilesDrift): string {
  return textTable(
    ["of words that moved", "mean", "median", "95 %", "largest"],
    [
      [
        "cosine distance",
        figure(drift.meanCosineDistance),
        figure(drift.medianCosineDistance),
        figure(drift.p95CosineDistance),
        figure(drift.maxCosineDistance),
      ],
      ["L2 distance", figure(drift.meanL2), figure(drift.medianL2), figure(drift.p95L2), figure(drift.maxL2)],
      ["relative L2", figure(drift.meanRelativeL2), "", "", ""],
    ],
  );
}

function wholeLines({ drift }: FilesDrift): string[] {
  const { neighborOverlap: near, cka, isotropy, norms } = drift;
  const row = (name: string, before: number | null, after: number | null) => [name, figure(before), figure(after)];
  return [
    `Neighbours kept: ${percent(near.overlap)} of the ${near.k} nearest (${counted(near.sample, "moved word")}, among ${grouped(near.candidates)} words, seed ${near.seed})`,
    `Linear CKA: ${figure(cka.moved)} of moved words, ${figure(cka.shared)} of all (samples of ${grouped(cka.movedSample)} and ${grouped(cka.sharedSample)})`,
    "",
    textTable(
      ["", "before", "after"],
      [
        ...(drift.movedRows === 0 ? [] : [row("mean length of moved words", norms.before.mean, norms.after.mean)]),
        row("mean cosine of two words", isotropy.before.averageCosine, isotropy.after.averageCosine),
        row("isotropy I(W)", isotropy.before.partition, isotropy.after.partition),
      ],
    ),
  ];
}

function breakLines({ drift, data }: FilesDrift): string[] {
  const measured = drift.break;
  if (measured === null) return [];
  const others = data === null ? "unmoved words" : "words that the text lacks";
  return [
    "",
    `Break between moved words and ${others}: ${change(measured.gap)} (0: moved words kept or lost both alike)`,
    textTable(
      [`cosine to the ${measured.k} nearest`, "before", "after"],
      [
        ["moved words", figure(measured.cosineToMovedBefore), figure(measured.cosineToMovedAfter)],
        [others, figure(measured.cosineToNeverSeenBefore), figure(measured.cosineToNeverSeenAfter)],
        [
          "their share of the neighbours",
          percent(measured.neverSeenShareBefore),
          percent(measured.neverSeenShareAfter),
        ],
      ],
    ),
  ];
}

function bandLines({ drift }: FilesDrift): string[] {
  if (drift.bands === null) return [];
  const name = (from: number, to: number | null): string => {
    if (to === null) return `from ${grouped(from)}`;
    return from === to - 1 ? grouped(from) : `${grouped(from)} to ${grouped(to - 1)}`;
  };
  const rows = drift.bands.map((band) => [
    name(band.from, band.to),
    grouped(band.rows),
    grouped(band.movedRows),
    band.movedRows === 0 ? "–" : figure(band.meanCosineDistance),
    band.movedRows === 0 ? "–" : figure(band.p95CosineDistance),
    band.movedRows === 0 ? "–" : figure(band.meanL2),
  ]);
  return ["", textTable(["count", "words", "moved", "cosine distance", "95 %", "L2"], rows)];
}

function retentionLines({ retention }: FilesDrift): string[] {
  const { similarity, analogies } = retention;
  if (similarity.length + analogies.length === 0) return [];
  const rows = [...similarity, ...analogies].map((each) => [
    each.file,
    "pairs" in each ? "similarity (Spearman)" : "analogies (3CosAdd)",
    `${grouped(each.used)} of ${grouped("pairs" in each ? each.pairs : each.total)}`,
    figure(each.before),
    figure(each.after),
    change(each.change),
  ]);
  return ["", textTable(["what was kept", "", "used", "before", "after", "change"], rows)];
}

function wordLines({ drift }: FilesDrift): string[] {
  if (drift.mostMoved.length === 0) return [];
  const rows = drift.mostMoved.map((each) => [
    each.word,
    figure(each.cosineDistance),
    ...(drift.bands === null ? [] : [grouped(each.count ?? 0)]),
    each.neighborsBefore.slice(0, 3).join(", "),
    each.neighborsAfter.slice(0, 3).join(", "),
  ]);
  const head = [
    "moved most",
    "cosine distance",
    ...(drift.bands === null ? [] : ["count"]),
    "near before",
    "near after",
  ];
  return ["", textTable(head, rows)];
}

/** Drift between two files, for people. */
export function describeFilesDrift(report: FilesDrift, style: Style): string {
  const { drift } = report;
  const alone = [
    ...(drift.onlyBefore === 0 ? [] : [`${grouped(drift.onlyBefore)} only before`]),
    ...(drift.onlyAfter === 0 ? [] : [`${grouped(drift.onlyAfter)} only after`]),
  ];
  const lines = [
    `before  ${fileLine(report.before)}`,
    `after   ${fileLine(report.after)}`,
    "",
    style.bold(
      `${grouped(drift.movedRows)} of ${counted(drift.sharedRows, "shared word")} moved, ${grouped(drift.unmovedRows)} are the same to the bit${alone.length === 0 ? "" : `; ${alone.join(", ")}`}`,
    ),
    ...(drift.movedRows === 0 ? [] : ["", moveTable(report)]),
    "",
    ...wholeLines(report),
    ...breakLines(report),
    ...bandLines(report),
    ...retentionLines(report),
    ...wordLines(report),
  ];
  return `${lines.join("\n")}\n`;
}

const flags = {
  meanCosineDistance: ["mean cosine distance", "--max-mean-cosine-distance"],
  maxCosineDistance: ["largest cosine distance", "--max-cosine-distance"],
  neighborOverlap: ["share of neighbours kept", "--min-neighbor-overlap"],
} as const;

/** One line a gate. */
export function describeGate({ figure: name, limit, value, passed }: DriftGate): string {
  const [text, flag] = flags[name];
  return `${text} ${value.toFixed(4)}; ${flag} is ${limit}: ${passed ? "passed" : "FAILED"}`;
}
