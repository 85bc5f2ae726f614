import { basename } from "node:path";
import { type Backend, driftReport, type EmbeddingTrainer } from "@thawline/core";
import { modelCard } from "../model/model-card.ts";
import { type LookupKind, modelFormat, modelFormatVersion } from "../model/model-config.ts";
import { saveModel } from "../model/save-model.ts";
import { describeDrift } from "../run/describe-drift.ts";
import { describeTokens } from "../run/describe-tokens.ts";
import { type RunDocument, type SplitScores, scoresOf } from "../run/document.ts";
import { exportVectors } from "../run/export-vectors.ts";
import { checkFrozenRows, type FrozenRows } from "../run/frozen-rows.ts";
import { recordDelta } from "../run/record-delta.ts";
import type { RunFolder } from "../run/run-folder.ts";
import { wordView } from "../run/word-view.ts";
import { version } from "../version.ts";
import { type Carried, carryUnmoved, evaluatorOn } from "./carry-unmoved.ts";
import { defaults, isSequenceHead } from "./defaults.ts";
import { scorePhases, verdictOf } from "./phase-scores.ts";
import type { Prepared } from "./prepare.ts";
import { verifyProof } from "./prove-alignment.ts";
import { rowFactsOf } from "./row-facts.ts";
import type { Trained } from "./train-run.ts";

/** What a run's end needs of its beginning. */
export interface RunContext {
  readonly folder: RunFolder;
  readonly prepared: Prepared;
  readonly trainer: EmbeddingTrainer;
  readonly command: string;
  readonly backend: string;
  /** The backend of that name, open. */
  readonly runtime: Backend;
  readonly loadMs: number;
  readonly anchorSha256: string;
  /** Writes `run.json` with these fields besides what every stage has. */
  readonly writeRecord: (fields: object) => Promise<void>;
}

/** Scores of the weights that the trainer holds. */
async function scoreSplits(trainer: EmbeddingTrainer, { train, dev, test }: Prepared) {
  return {
    train: scoresOf(await trainer.evaluate(train)),
    dev: scoresOf(await trainer.evaluate(dev)),
    test: test === null ? null : scoresOf(await trainer.evaluate(test)),
  };
}

function cardOf({ prepared, trainer }: RunContext, scores: Record<string, SplitScores | null>): string {
  const { base, tokenizer, splits, head, table } = prepared;
  const drift = trainer.drift({ mostMoved: 0 });
  return modelCard({
    labels: splits.labels,
    head: head.type,
    isSequence: isSequenceHead(head.type),
    policy: trainer.policy.name,
    vectorsFile: basename(base.file),
    rows: table.rows - 1,
    dimension: table.dimension,
    tokenizer: `${tokenizer.spec.name}${tokenizer.spec.lowercase ? ", lower-cased" : ""}`,
    scores: Object.entries(scores).flatMap(([split, score]) => (score === null ? [] : [{ split, ...score }])),
    movedRows: drift.movedRows,
    meanCosineDistance: drift.meanCosineDistance,
  });
}

/** How tokens find rows that they are not; nothing where each is a row. */
function lookupKindOf({ weighted, model, tokenizer }: Prepared): { tokens?: LookupKind } {
  if (weighted === null) return {};
  const { description } = weighted;
  if (description.kind === "subwords") return { tokens: { kind: "subwords", ...description.settings } };
  const before = model?.config.lookup.tokens;
  const normalize = "normalize" in weighted ? weighted.normalize : before?.kind === "pieces" && before.normalize;
  const { maxLength = null } = tokenizer.spec;
  return { tokens: { kind: "pieces", unknownId: description.unknownId, maxLength, normalize } };
}

/** The model's `tokenizer.json`: the description of one by name, or the file that came with the vectors. */
function tokenizerFileOf({ weighted, model, tokenizer }: Prepared): unknown {
  if (weighted?.description.kind !== "pieces") return tokenizer.spec;
  return "tokenizerJson" in weighted ? weighted.tokenizerJson : model!.tokenizerText;
}

/** Writes the model folder from the weights that the trainer holds. */
export async function saveModelOf(context: RunContext, scores: Record<string, SplitScores | null> = {}): Promise<void> {
  const { prepared, trainer, folder, backend } = context;
  const { aligned, base, head, model, rules, splits, table, weighted } = prepared;
  const { settings } = prepared;
  verifyProof(prepared.proof, prepared.alignment, folder.model);
  await saveModel(folder.model, {
    table,
    words: aligned.words,
    tokenRows: weighted?.description ?? null,
    parameters: trainer.parameters,
    tokenizer: tokenizerFileOf(prepared),
    card: cardOf(context, scores),
    config: {
      format: modelFormat,
      formatVersion: modelFormatVersion,
      thawline: version,
      dimension: table.dimension,
      labels: splits.labels,
      head: { type: head.type, ...head.options },
      // The saved table has no padding row, so every row moves up by one.
      lookup: { rules, unknownRow: aligned.unknownRow < 0 ? -1 : aligned.unknownRow - 1, ...lookupKindOf(prepared) },
      table: {
        keeps: weighted?.keeps ?? model?.config.table.keeps ?? settings.modelRows ?? defaults.modelRows,
        alignment: prepared.proof.words,
      },
      oov: prepared.oov,
      vectors: model?.config.vectors ?? {
        file: basename(base.file),
        format: base.format,
        sha256: base.sha256,
        rows: base.rows,
      },
      training: {
        backend,
        policy: trainer.policy,
        seed: settings.seed,
        ...(model === null ? {} : { fromModel: { weightsSha256: model.config.weights.sha256 } }),
      },
    },
  });
}

/** What the document says before anything is trained. */
function dataFacts(prepared: Prepared): Pick<RunDocument, "data" | "vectors" | "coverage"> {
  const { splits, base, coverage } = prepared;
  const rows = (split: { dataset: { rows: number; skippedRows: number } }) => ({
    rows: split.dataset.rows,
    skipped: split.dataset.skippedRows,
  });
  const { types, tokens, oovTypes } = coverage;
  return {
    data: {
      train: rows(splits.train),
      dev: rows(splits.dev),
      test: splits.test === null ? null : rows(splits.test),
      labels: splits.labels,
      devIsHeldOut: splits.devIsHeldOut,
    },
    vectors: {
      format: base.format,
      rows: base.rows,
      dimension: base.dimension,
      loadedRows: base.loadedRows,
      ...(prepared.weighted === null ? {} : { tokens: describeTokens(prepared, prepared.weighted) }),
    },
    coverage: { types, tokens, oovTypes },
  };
}

function documentStart(context: RunContext, trained: Trained) {
  const { prepared, trainer, folder } = context;
  return {
    command: context.command,
    version,
    backend: context.backend,
    head: prepared.head.type,
    policy: trainer.policy.name,
    seed: prepared.settings.seed,
    ...dataFacts(prepared),
    epochs: trained.history,
    timing: { loadMs: context.loadMs, trainMs: trained.trainMs, examplesPerSecond: trained.examplesPerSecond },
    paths: { run: folder.record, metrics: folder.metrics, checkpoints: folder.checkpoints },
  };
}

// resourceUsage gives kilobytes on every platform.
const peakRssBytes = (): number => process.resourceUsage().maxRSS * 1024;

/** The document of a run that was stopped: what is known so far, the rest null. */
async function interruptedDocument(context: RunContext, trained: Trained): Promise<RunDocument> {
  const { paths, ...start } = documentStart(context, trained);
  const document: RunDocument = {
    ...start,
    status: "interrupted",
    bestEpoch: null,
    metrics: { train: null, dev: null, test: null },
    phases: { frozen: null, tuned: null },
    verdict: null,
    drift: null,
    carried: null,
    memory: { peakRssBytes: peakRssBytes() },
    artifacts: { ...paths, model: null, delta: null, vectors: null, report: null },
  };
  await context.writeRecord(document);
  return document;
}

/** Writes `report.html` and `report.md`. What draws them is loaded only here. */
async function reportRun({ folder, prepared, trainer }: RunContext, document: RunDocument, frozenRows: FrozenRows) {
  const { writeReport } = await import("../run/write-report.ts");
  const { reportData } = await import("../run/report-data.ts");
  // Of words: where they are made of n-grams or pieces, the trainer's rows have no names.
  const view = wordView(prepared);
  const { mostMoved: moved } =
    view === prepared
      ? trainer.drift({ mostMoved: prepared.table.rows })
      : driftReport(view.table, { mostMoved: view.table.rows });
  await writeReport(reportData({ prepared: view, document, frozenRows, moved }), folder);
}

/** Distances are those of words; rows are counted as they are stored. */
function driftOf({ prepared, trainer }: RunContext, frozenRows: FrozenRows): NonNullable<RunDocument["drift"]> {
  const rows = trainer.drift({ mostMoved: defaults.mostMoved });
  const view = wordView(prepared);
  if (view === prepared) return describeDrift(prepared, rows, frozenRows);
  const words = describeDrift(view, driftReport(view.table, { mostMoved: defaults.mostMoved }), frozenRows);
  const { movedRows, movedNewRows } = rows;
  return { ...words, movedRows, movedNewRows, frozenRows: prepared.aligned.fileRows - movedRows };
}

/** Moves rows that training never saw, where it is asked for, and measures the model with them. */
async function carry(context: RunContext, trainedMetrics: RunDocument["metrics"]) {
  const { prepared, trainer, runtime } = context;
  if (!prepared.settings.carryUnmoved) return { carried: null, written: prepared, metrics: trainedMetrics };
  const carried: Carried = carryUnmoved(prepared);
  if (carried.table === null) return { carried, written: prepared, metrics: trainedMetrics };
  const evaluator = await evaluatorOn(carried.table, { prepared, trainer, backend: runtime });
  const metrics = await scoreSplits(evaluator, prepared).finally(() => evaluator.close());
  const metricsWithout = { dev: trainedMetrics.dev!, test: trainedMetrics.test };
  return {
    carried: { ...carried, record: { ...carried.record, metricsWithout } },
    written: { ...prepared, table: carried.table },
    metrics,
  };
}

/** Measures the trained weights, writes model, delta and vectors, and the record last. */
export async function finishRun(context: RunContext, trained: Trained): Promise<RunDocument> {
  if (trained.bestEpoch === null) return interruptedDocument(context, trained);
  const { folder, prepared, trainer, anchorSha256 } = context;
  const { table } = prepared;
  const ran = new Set(trained.history.map((record) => record.phase));
  const phasesRun = trainer.policy.phases.filter((phase) => ran.has(phase.name));
  const run = { phases: phasesRun, facts: rowFactsOf(prepared, trainer.policy), anchorSha256 };
  const afterTraining = checkFrozenRows(table, run);
  const trainedMetrics = await scoreSplits(trainer, prepared);
  const phases = await scorePhases(trainer, prepared, trained.bests);
  const { carried, written, metrics } = await carry(context, trainedMetrics);
  // What is written is checked too: carrying may move the rows that it names, and no other.
  const frozenRows =
    carried?.table == null ? afterTraining : checkFrozenRows(carried.table, { ...run, carried: carried.rows });
  const drift = driftOf(context, {
    ...frozenRows,
    bitIdentical: afterTraining.bitIdentical && frozenRows.bitIdentical,
  });
  await saveModelOf({ ...context, prepared: written }, metrics);
  const delta = recordDelta(written);
  const vectors = await exportVectors(folder.path, written, delta.onBaseRow);
  await delta.write(folder.delta);
  const { paths, ...start } = documentStart(context, trained);
  const document: RunDocument = {
    ...start,
    status: "finished",
    bestEpoch: trained.bestEpoch,
    metrics,
    phases,
    verdict: verdictOf(phases),
    drift,
    carried: carried?.record ?? null,
    memory: { peakRssBytes: peakRssBytes() },
    artifacts: {
      ...paths,
      model: folder.model,
      delta: folder.delta,
      vectors,
      report: prepared.settings.report ? folder.report : null,
    },
  };
  if (prepared.settings.report) await reportRun(context, document, frozenRows);
  await context.writeRecord({ ...document, frozenRows });
  return document;
}
