import type { ReportFinding, ReportTask } from "../data/common.ts";
import { type Block, quiet, type Section, type Span, strong, word } from "../document/blocks.ts";
import { counted, grouped } from "../text/format.ts";
import { shortened } from "../text/printable.ts";

const mostExamples = 3;
const mostLabels = 12;

function findingText({ kind, split, count, message, examples }: ReportFinding): (string | Span)[] {
  const shown = examples.slice(0, mostExamples).map((each) => shortened(each, 60));
  return [
    strong(kind.replaceAll("-", " ")),
    `${split === null ? "" : ` in ${split}`} (${grouped(count)}): ${message}`,
    ...(shown.length === 0 ? [] : [quiet(" e.g. "), ...shown.flatMap((each, i) => [i === 0 ? "" : ", ", word(each)])]),
  ];
}

const findingsBlock = (findings: readonly ReportFinding[]): Block =>
  findings.length === 0
    ? { kind: "paragraph", text: "Nothing odd was noticed in the texts." }
    : { kind: "list", items: findings.map(findingText) };

/** The files that were read, and what is odd about them: null where nobody looked. */
export function findingsSection(task: ReportTask, findings: readonly ReportFinding[] | null): Section {
  const { splits, labels, devIsHeldOut } = task;
  const names = labels.slice(0, mostLabels);
  return {
    id: "data",
    title: "The data",
    blocks: [
      {
        kind: "facts",
        facts: [
          ...splits.map(({ name, rows, skipped }): [string, string] => [
            name === "dev" && devIsHeldOut ? "dev (held out of train)" : name,
            `${counted(rows, "text")}${skipped > 0 ? `, ${grouped(skipped)} left out` : ""}`,
          ]),
          [
            counted(labels.length, "label"),
            [
              ...names.flatMap((each, i) => [i === 0 ? "" : ", ", word(each)]),
              labels.length > names.length ? ` and ${labels.length - names.length} more` : "",
            ],
          ],
        ],
      },
      ...(findings === null ? [] : [findingsBlock(findings)]),
    ],
  };
}
