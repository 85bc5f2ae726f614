import type { EpochRecord } from "@thawline/core";
import type { Io } from "../io.ts";
import { wipeOutWarning } from "../lr-find/wipe-out.ts";
import { UsageError } from "../options/usage-error.ts";
import { describeData } from "../output/describe-data.ts";
import { describeGuardEvent, describeRefreezes } from "../output/describe-guard.ts";
import { epochTableHead, epochTableRow } from "../output/epoch-table.ts";
import { createProgressLine, trainingProgress } from "../output/progress-line.ts";
import { createReadingProgress } from "../output/reading-progress.ts";
import { styleFor } from "../output/style.ts";
import { summary } from "../output/summary.ts";
import type { RunEvent } from "../pipeline/events.ts";
import { fineTuneFiles } from "../pipeline/fine-tune-files.ts";
import type { Prepared } from "../pipeline/prepare.ts";
import type { FineTuneOptions } from "../pipeline/settings.ts";

/** Flags of the command, besides those of the run. */
export interface OutputFlags {
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** How a run is shown. */
interface Shown extends OutputFlags {
  /** What to type to go on after Ctrl-C. */
  readonly resumeHint: string;
}

/** Writes a run's events for people: the table to stdout (to stderr with `--json`), notes and progress to stderr. */
function createReporter(io: Io, { json = false, quiet = false, resumeHint }: Shown): (event: RunEvent) => void {
  const talk = quiet ? () => {} : (text: string) => void io.stderr.write(text);
  const table = json ? talk : (text: string) => void io.stdout.write(text);
  const progress = createProgressLine(io, quiet);
  const style = styleFor(json ? io.stderr : io.stdout, io);
  let hasHead = false;
  let refrozenEpoch = 0;
  const history: EpochRecord[] = [];
  const row = (text: string): void => {
    if (!hasHead) table(epochTableHead(style));
    hasHead = true;
    table(text);
  };
  return (event) => {
    if (event.kind === "progress") {
      progress.show(trainingProgress(event));
      return;
    }
    progress.clear();
    switch (event.kind) {
      case "prepared":
        talk(describeData(event.prepared, event));
        break;
      case "resumed":
        talk(`Going on from ${event.file}\n`);
        for (const record of event.history) row(epochTableRow(record, false));
        history.push(...event.history);
        break;
      case "phase":
        if (event.index > 0) talk(`Phase "${event.phase}" begins with epoch ${event.epoch}\n`);
        break;
      case "guard":
        // One refreeze may follow another at every step: after the first of an epoch the epoch tells their sum.
        if (event.event.action !== "refreeze" || refrozenEpoch !== event.event.epoch) {
          talk(`${describeGuardEvent(event.event, event.words)}\n`);
        }
        if (event.event.action === "refreeze") refrozenEpoch = event.event.epoch;
        break;
      case "epoch": {
        row(epochTableRow(event.record, event.isBest));
        const refreezes = describeRefreezes(event.record.guard ?? []);
        if (refreezes !== undefined) talk(`${refreezes}\n`);
        history.push(event.record);
        const warning = wipeOutWarning(history);
        if (warning !== undefined) talk(`${style.yellow(warning)}\n`);
        break;
      }
      case "checkpoint":
        if (event.reason === "interrupted") {
          io.stderr.write(`Stopped; everything is in ${event.file}. Go on with:\n  ${resumeHint}\n`);
        }
        break;
      case "writing":
        progress.show("measuring and writing …");
        break;
      default:
        event satisfies never;
    }
  };
}

/** The command that audits the words of a run's data; undefined where the vectors are a model's, or bring their tokenizer. */
function alignCommand({ settings, tokenizer }: Prepared): string | undefined {
  const { vectors, train, dev, test, textColumn, labelColumn, vectorsFormat } = settings;
  if (vectors === null || tokenizer.spec.name === "tokenizer.json") return undefined;
  const { name, lowercase } = tokenizer.spec;
  const given = { vectors, data: train, dev, test, "text-column": textColumn, "label-column": labelColumn };
  const flags = Object.entries({ ...given, "vectors-format": vectorsFormat, tokenizer: name }).flatMap(
    ([flag, value]) => (value === null ? [] : [`--${flag} ${quoted(value)}`]),
  );
  return `thawline align ${flags.join(" ")} ${lowercase ? "--lowercase" : "--no-lowercase"}`;
}

/** Runs and shows a fine-tuning run. Exit code 0, or 130 after an interruption. */
export async function showRun(
  options: FineTuneOptions,
  io: Io,
  shown: Shown & {
    readonly command?: string;
    readonly besides?: readonly string[];
    /** Further fields of the document. */
    readonly further?: object;
  },
): Promise<number> {
  const signal = io.interrupt?.();
  const report = createReporter(io, shown);
  const reading = createReadingProgress(io, { quiet: shown.quiet ?? false, doing: "reading vectors" });
  let auditHint: string | undefined;
  const document = await fineTuneFiles(options, {
    onRead: reading.onProgress,
    onEvent: (event) => {
      if (event.kind === "prepared") reading.clear();
      if (event.kind === "prepared") auditHint = alignCommand(event.prepared);
      report(event);
    },
    ...(signal === undefined ? {} : { signal }),
    ...(shown.command === undefined ? {} : { command: shown.command }),
    ...(shown.besides === undefined ? {} : { besides: shown.besides }),
  }).finally(reading.clear);
  createProgressLine(io, shown.quiet ?? false).clear();
  if (shown.json) io.stdout.write(`${JSON.stringify({ ...document, ...shown.further }, null, 2)}\n`);
  else if (document.status === "finished") io.stdout.write(summary(document, styleFor(io.stdout, io), auditHint));
  return document.status === "finished" ? 0 : 130;
}

/** A word as a shell takes it. */
export const quoted = (text: string): string =>
  /^[\w./:@-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

/** `thawline finetune` with parsed flags. */
export async function runFinetune(flags: Partial<FineTuneOptions> & OutputFlags, io: Io): Promise<number> {
  const { json = false, quiet = false, ...rest } = flags;
  const { config: _, ...options } = rest as typeof rest & { config?: unknown };
  if (options.out === undefined) throw new UsageError("expected --out DIR: the folder that the run is written to");
  if (options.train === undefined && options.resume !== true)
    throw new UsageError("expected --train FILE: labelled text");
  return showRun(options as FineTuneOptions, io, {
    json,
    quiet,
    resumeHint: `thawline finetune --out ${quoted(options.out)} --resume`,
  });
}
