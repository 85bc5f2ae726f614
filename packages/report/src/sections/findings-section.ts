import type { ReportFinding, ReportTask } from "../data/common.ts";
import { type Block, code, quiet, type Section, type Span, strong, word } from "../document/blocks.ts";
import { counted, grouped, sentence } from "../text/format.ts";
import { shortened } from "../text/printable.ts";

const mostExamples = 3;
const mostLabels = 12;

const severities = ["problem", "warning", "note"] as const;

function findingText({ severity, kind, split, count, message, examples }: ReportFinding): (string | Span)[] {
  const shown = examples.slice(0, mostExamples).map((each) => shortened(each, 60));
  const place = [...(split === null ? [] : [` in ${split}`]), ...(count === null ? [] : [` (${grouped(count)})`])];
  return [
    severity === "note" ? quiet("note") : strong(severity),
    ` ${kind.replaceAll("-", " ")}${place.join("")}: ${message}`,
    ...(shown.length === 0 ? [] : [quiet(" e.g. "), ...shown.flatMap((each, i) => [i === 0 ? "" : ", ", word(each)])]),
  ];
}

/** What misleads, beside the scores that it misleads about; none where nothing does. */
export function problemNote(findings: readonly ReportFinding[] | null): Block[] {
  const problems = (findings ?? []).filter(({ severity }) => severity === "problem");
  if (problems.length === 0) return [];
  const text = problems.map(({ message }) => sentence(message)).join(" ");
  return [{ kind: "note", tone: "warning", text: [strong("The data misleads. "), text] }];
}

const findingsBlock = (findings: readonly ReportFinding[]): Block =>
  findings.length === 0
    ? { kind: "paragraph", text: "Nothing odd was noticed in the texts." }
    : {
        kind: "list",
        items: severities.flatMap((level) => findings.filter(({ severity }) => severity === level)).map(findingText),
      };

const moreChecks: Block = {
  kind: "paragraph",
  text: [code("thawline check-data"), " shows the rows, and looks for wrong labels too."],
};

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
      ...(findings === null ? [] : [findingsBlock(findings), moreChecks]),
    ],
  };
}
