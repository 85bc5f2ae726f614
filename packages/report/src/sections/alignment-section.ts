import type { ReportCoverage, ReportMissingWord, RunReportData } from "../data/run-report-data.ts";
import { type Block, type Cell, type Section, type TableBlock, type Text, word } from "../document/blocks.ts";
import { counted, grouped, percent } from "../text/format.ts";

/** So many labels are shown at most, the worst covered. */
const mostClasses = 12;

function coverageTable(caption: string, first: string, rows: readonly ReportCoverage[]): TableBlock {
  return {
    kind: "table",
    caption,
    columns: [
      { title: first },
      { title: "texts", isNumber: true },
      { title: "tokens found", isNumber: true },
      { title: "distinct words found", isNumber: true },
      { title: "words without a vector", isNumber: true },
    ],
    rows: rows.map((row): (Text | Cell)[] => [
      [word(row.name)],
      grouped(row.rows),
      { text: percent(row.tokens), share: row.tokens },
      percent(row.types),
      grouped(row.oovTypes),
    ]),
  };
}

function missingTable(missing: readonly ReportMissingWord[]): TableBlock {
  return {
    kind: "table",
    caption: "Words without a vector that cost most",
    columns: [
      { title: "word" },
      { title: "occurrences", isNumber: true },
      { title: "speaks for" },
      { title: "found by" },
    ],
    rows: missing.map(({ word: name, count, label, share, foundBy }) => [
      [word(name)],
      grouped(count),
      label === null ? "–" : [word(label), share === null ? "" : ` (${percent(share)} of its texts)`],
      foundBy.length === 0 ? "–" : foundBy.join("; "),
    ]),
  };
}

/** How the text meets the vectors; null where it was not measured. */
export function alignmentSection({ alignment }: RunReportData): Section | null {
  if (alignment === null) return null;
  const { splits, classes, missing, tokenizer } = alignment;
  const worst = classes.slice(0, mostClasses);
  const train = splits[0];
  const blocks: Block[] = [
    {
      kind: "paragraph",
      text:
        train === undefined
          ? `Tokenizer: ${tokenizer}.`
          : `${percent(train.tokens)} of the training tokens have a pre-trained vector; ${counted(train.oovTypes, "word")} ${train.oovTypes === 1 ? "has" : "have"} none. Tokenizer: ${tokenizer}.`,
    },
    coverageTable("Coverage by split", "split", splits),
  ];
  if (worst.length > 0) {
    const caption =
      classes.length > worst.length
        ? `Coverage by label, the worst ${worst.length} of ${classes.length}`
        : "Coverage by label";
    blocks.push(coverageTable(caption, "label", worst));
  }
  blocks.push(missing.length === 0 ? { kind: "paragraph", text: "Every word has a vector." } : missingTable(missing));
  return { id: "alignment", title: "How the text meets the vectors", blocks };
}
