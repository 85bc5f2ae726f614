import { basename, resolve } from "node:path";
import { frequencyBands } from "@thawline/analysis";
import type { MovedRow } from "@thawline/core";
import type { ReportAlignment, ReportBand, ReportFinding, ReportMap, RunReportData } from "@thawline/report";
import { type AlignmentAudit, auditAlignment, checkData } from "@thawline/text";
import type { Prepared } from "../pipeline/prepare.ts";
import type { Splits } from "../pipeline/read-splits.ts";
import { describeMovedWords } from "./describe-drift.ts";
import type { RunDocument } from "./document.ts";
import type { FrozenRows } from "./frozen-rows.ts";
import { reportGuard } from "./report-guard.ts";
import { mapAxes, mapRows } from "./report-map.ts";
import { reproduceCommand } from "./reproduce-command.ts";
import { typicalLabels } from "./typical-labels.ts";

/** How much of a list the report shows. */
const shown = { words: 20, neighbors: 8, mapped: 36, missing: 15 };

/** What the report is made of. */
export interface ReportSource {
  readonly prepared: Prepared;
  readonly document: RunDocument;
  readonly frozenRows: FrozenRows | null;
  /** All pre-trained rows that moved, farthest first. */
  readonly moved: readonly MovedRow[];
}

/** Finer than those of an epoch's record: the chart has room. */
const bandStarts = [0, 1, 2, 5, 10, 30, 100, 300, 1000];

/** Drift by how often words occur in the training text; words that are not in it cannot move. */
function bandsOf({ aligned, rowCounts }: Prepared, moved: readonly MovedRow[]): ReportBand[] {
  const inFile = moved.map((each) => ({ ...each, row: each.row - 1 }));
  return frequencyBands(inFile, rowCounts.subarray(1, 1 + aligned.fileRows), bandStarts).filter(({ from }) => from > 0);
}

function mapOf(prepared: Prepared, moved: readonly MovedRow[]): ReportMap | null {
  const rows = moved.slice(0, shown.mapped).map(({ row }) => row);
  // One word has no direction to differ in.
  if (rows.length < 2) return null;
  const labels = typicalLabels(prepared, rows);
  const words = mapRows(prepared.table, rows).map(({ row, before, after }, i) => ({
    word: prepared.aligned.words[row]!,
    before,
    after,
    cosineDistance: moved[i]!.cosineDistance,
    label: labels[i]!,
  }));
  return { words, axes: mapAxes };
}

/** The audit with the run's own tokenizer; null for one that splits words into pieces, which are never missing. */
function auditOf({ splits, tokenizer, aligned }: Prepared): AlignmentAudit | null {
  const { train, dev, test } = splits;
  const { spec } = tokenizer;
  if (spec.name === "tokenizer.json") return null;
  return auditAlignment({
    splits: { train: train.dataset, dev: dev.dataset, ...(test === null ? {} : { test: test.dataset }) },
    hasWord: aligned.hasVector,
    tokenizers: [spec],
    top: shown.missing,
  });
}

function alignmentOf({ tokenizer, base }: Prepared, audit: AlignmentAudit): ReportAlignment {
  const { splits, perClass, missing, labelIndicativeMissing } = audit;
  const speaks = new Map(labelIndicativeMissing.map((each) => [each.word, each]));
  const { name, lowercase } = tokenizer.spec;
  return {
    tokenizer: `${name}${lowercase ? ", lower-cased" : ", case kept"}`,
    splits: (["train", "dev", "test"] as const).flatMap((split) => {
      const coverage = splits[split];
      return coverage === null ? [] : [{ name: split, ...coverage }];
    }),
    classes: perClass.map(({ label, ...coverage }) => ({ name: label, ...coverage })),
    missing: missing.map(({ word, count, recoverableBy, forms }) => ({
      word,
      count,
      label: speaks.get(word)?.label ?? null,
      share: speaks.get(word)?.share ?? null,
      // Rows that were not loaded cannot be looked up.
      foundBy: base.isWhole ? recoverableBy.map((rule, i) => `${rule}: ${forms[i]}`) : [],
    })),
  };
}

/** Beyond so many texts near twins are for `check-data`: their search takes seconds. */
const checkedTexts = 50_000;

/** Leaks, contradictory labels and odd texts; what needs a model is left to `check-data`. */
function checksOf({ train, dev, test }: Splits): ReportFinding[] {
  const all = { train: train.dataset, dev: dev.dataset, ...(test === null ? {} : { test: test.dataset }) };
  if (Object.values(all).reduce((sum, { rows }) => sum + rows, 0) > checkedTexts) return [];
  const none = { split: null, count: null, examples: [] };
  return checkData(all, { model: false, top: 0 }).findings.map(({ severity, code, message }) => ({
    severity,
    kind: code,
    message,
    ...none,
  }));
}

const anomaliesOf = (audit: AlignmentAudit | null): ReportFinding[] =>
  (audit?.anomalies ?? []).map(({ kind, split, count, message, examples }) => ({
    severity: "note",
    kind,
    split,
    count,
    message,
    examples,
  }));

/** Plain data of the report, from what a run holds at its end. Nothing depends on the clock. */
export function reportData({ prepared, document, frozenRows, moved }: ReportSource): RunReportData {
  const { splits, settings, base } = prepared;
  const { data, vectors, epochs, drift } = document;
  const audit = auditOf(prepared);
  // The folder that holds the record: the document's paths begin with it.
  const folder = document.artifacts.run.replace(/[/\\]?run\.json$/, "");
  const splitRows = (["train", "dev", "test"] as const).flatMap((name) =>
    data[name] === null ? [] : [{ name, ...data[name] }],
  );
  const configuration = { ...settings, lowercase: prepared.tokenizer.spec.lowercase, oov: prepared.oov };
  return {
    kind: "run",
    name: basename(resolve(folder)),
    task: { splits: splitRows, labels: data.labels, devIsHeldOut: data.devIsHeldOut },
    vectors: { file: basename(base.file), ...vectors },
    backend: document.backend,
    head: document.head,
    policy: document.policy,
    seed: document.seed,
    epochs: epochs.map(({ drift: more, ...epoch }) => ({
      ...epoch,
      p95CosineDistance: more?.p95CosineDistance ?? null,
    })),
    bestEpoch: document.bestEpoch,
    metrics: document.metrics,
    phases: document.phases,
    verdict: document.verdict,
    drift,
    carried: document.carried,
    bands: bandsOf(prepared, moved),
    movedWords: describeMovedWords(prepared, moved.slice(0, shown.words), shown.neighbors),
    map: mapOf(prepared, moved),
    alignment: audit === null ? null : alignmentOf(prepared, audit),
    findings: [...checksOf(splits), ...anomaliesOf(audit)],
    guard: reportGuard(epochs, prepared.weighted === null ? prepared.aligned.words : null),
    driftLimit: settings.maxMeanCosineDistance,
    frozenRows,
    origin: {
      command: reproduceCommand(settings, { name: "finetune", out: folder }),
      version: document.version,
      configuration,
      inputs: {
        vectors: base.sha256,
        train: splits.train.sha256,
        dev: splits.devIsHeldOut ? null : splits.dev.sha256,
        test: splits.test?.sha256 ?? null,
      },
    },
  };
}
