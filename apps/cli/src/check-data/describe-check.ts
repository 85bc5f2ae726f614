import type { Severity } from "@thawline/text";
import { counted, grouped, percent } from "../output/format.ts";
import type { Style } from "../output/style.ts";
import { textTable } from "../output/text-table.ts";
import type { FilesCheck } from "./check-files.ts";

const shown = { samples: 3, suspects: 10, labels: 10, characters: 90 };

const cut = (text: string, most = shown.characters): string =>
  JSON.stringify(text.length > most ? `${text.slice(0, most)}…` : text);

const tags: Readonly<Record<Severity, string>> = { problem: "PROBLEM", warning: "Warning", note: "Note" };

function findingLines({ findings }: FilesCheck, style: Style): string[] {
  if (findings.length === 0) return [style.green("Nothing wrong was found.")];
  return findings.map(({ severity, code, message }) => {
    const tag = tags[severity].padEnd(8);
    const paint = severity === "problem" ? style.bold : severity === "warning" ? style.yellow : style.dim;
    return `${paint(tag)} ${message}. ${style.dim(`[${code}]`)}`;
  });
}

function leakLines({ repeats }: FilesCheck, style: Style): string[] {
  return repeats.across.flatMap(({ from, into, rows, samples }) => {
    if (rows === 0) return [];
    return [
      "",
      style.bold(`In ${into}, and in ${from} too:`),
      ...samples
        .slice(0, shown.samples)
        .flatMap((twin) => [
          `  ${into} line ${twin.line} = ${from} line ${twin.of.line} (${twin.kind === "near" ? `${percent(twin.similarity)} of the words` : twin.kind})`,
          `    ${twin.label}: ${cut(twin.text)}`,
          ...(twin.kind === "identical" && twin.label === twin.of.label
            ? []
            : [`    ${twin.of.label}: ${cut(twin.of.text)}`]),
        ]),
    ];
  });
}

function conflictLines({ conflicts: { samples, near } }: FilesCheck, style: Style): string[] {
  const same = samples.slice(0, shown.samples).flatMap(({ text, labels }) => [
    `  ${cut(text)}`,
    ...labels.map(
      ({ label, rows }) =>
        `    ${label}: ${rows
          .slice(0, 5)
          .map(({ split, line }) => `${split} line ${line}`)
          .join(", ")}${rows.length > 5 ? ", …" : ""}`,
    ),
  ]);
  const nearly = near.samples
    .slice(0, shown.samples)
    .flatMap(({ texts }, i) => [
      ...(i === 0 ? [] : [""]),
      ...texts.map(({ split, line, label, text }) => `  ${split} line ${line}, ${label}: ${cut(text)}`),
    ]);
  return [
    ...(same.length === 0 ? [] : ["", style.bold("One text, several labels:"), ...same]),
    ...(nearly.length === 0 ? [] : ["", style.bold("Nearly one text, two labels:"), ...nearly]),
  ];
}

function suspectLines({ noise }: FilesCheck, style: Style): string[] {
  if (noise === null || noise.samples.length === 0) return [];
  const rows = noise.samples
    .slice(0, shown.suspects)
    .map((each) => [
      `${each.split} ${each.line}`,
      each.label,
      each.suggested,
      percent(each.probability),
      cut(each.text, 60),
    ]);
  return [
    "",
    style.bold(`Labels most likely wrong (${grouped(noise.suspects)} with confidence; --json and --top list more):`),
    textTable(["line", "has", "model says", "with", "text"], rows),
  ];
}

function baselineLines({ learnability }: FilesCheck, style: Style): string[] {
  if (learnability === null) return ["", "Too few rows or labels for baselines and label noise."];
  const { majority, model, shuffled, folds } = learnability;
  const range = ([low, high]: readonly [number, number]) =>
    `${percent(Math.max(0, low))} to ${percent(Math.min(1, high))}`;
  return [
    "",
    style.bold("Accuracy to compare yours with:"),
    textTable(
      ["", "accuracy", "95 %"],
      [
        [`always ${JSON.stringify(majority.label)}`, percent(majority.accuracy), "–"],
        ["linear model on shuffled labels", percent(shuffled.value), range(shuffled.interval)],
        [`linear model, ${folds}-fold cross-validation`, percent(model.value), range(model.interval)],
      ],
    ),
  ];
}

function labelLines({ labels }: FilesCheck): string[] {
  const { counts, ratio } = labels;
  const rows = counts
    .slice(0, shown.labels)
    .map(({ label, train, dev, test }) => [
      label,
      grouped(train),
      dev === null ? "–" : grouped(dev),
      test === null ? "–" : grouped(test),
    ]);
  return [
    "",
    textTable([`label (${counts.length})`, "train", "dev", "test"], rows),
    ...(counts.length > shown.labels ? [`… largest to smallest ${ratio.toFixed(1)} : 1`] : []),
  ];
}

/** A check for people: what was found first, then examples, baselines and counts. */
export function describeCheck(check: FilesCheck, style: Style): string {
  const { data, texts } = check;
  const files = (["train", "dev", "test"] as const).flatMap((name) =>
    data[name] === null ? [] : [`${name} ${counted(data[name].rows, "row")}`],
  );
  const lines = [
    `${files.join(", ")}; ${texts.words.median} words in the middle text, ${texts.words.min} to ${grouped(texts.words.max)}`,
    "",
    ...findingLines(check, style),
    ...leakLines(check, style),
    ...conflictLines(check, style),
    ...suspectLines(check, style),
    ...baselineLines(check, style),
    ...labelLines(check),
  ];
  return `${lines.join("\n")}\n`;
}
