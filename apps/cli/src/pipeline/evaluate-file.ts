import type { ClassMetrics } from "@thawline/core";
import { encodeLabels } from "@thawline/text";
import { openPredictor } from "../model/predictor.ts";
import type { BackendName } from "./backend-names.ts";
import { readLabelled } from "./read-splits.ts";

/** What to evaluate, on what. */
export interface EvaluateOptions {
  readonly model: string;
  readonly data: string;
  readonly textColumn?: string;
  readonly labelColumn?: string;
  readonly strict?: boolean;
  readonly backend?: BackendName | "auto";
}

/** What `evaluate --json` prints. */
export interface Evaluation {
  readonly command: "evaluate";
  readonly model: string;
  readonly data: { readonly file: string; readonly rows: number; readonly skipped: number };
  readonly metrics: {
    readonly accuracy: number;
    readonly macroF1: number;
    readonly loss: number;
    /** Expected calibration error, 15 bins of equal width. */
    readonly calibrationError: number;
    readonly rows: number;
  };
  readonly perClass: readonly ({ readonly label: string } & ClassMetrics)[];
  /** matrix[label][prediction], counts. */
  readonly confusion: { readonly labels: readonly string[]; readonly matrix: readonly (readonly number[])[] };
}

/**
 * Evaluates a saved model on a labelled file.
 * @throws ThawlineError BAD_DATA for a label that the model does not know; errors of the readers
 */
export async function evaluateFile(options: EvaluateOptions): Promise<Evaluation> {
  const predictor = await openPredictor(options.model, { backend: options.backend ?? "auto" });
  try {
    const { labels } = predictor.model.config;
    const { dataset } = await readLabelled(options.data, {
      textColumn: options.textColumn ?? null,
      labelColumn: options.labelColumn ?? null,
      strict: options.strict ?? false,
    });
    const result = await predictor.evaluate(dataset.texts, encodeLabels(dataset, labels));
    const { accuracy, macroF1, loss, calibrationError, rows, perClass, confusion } = result;
    return {
      command: "evaluate",
      model: predictor.model.folder,
      data: { file: options.data, rows: dataset.rows, skipped: dataset.skippedRows },
      metrics: { accuracy, macroF1, loss, calibrationError, rows },
      perClass: perClass.map((each, c) => ({ label: labels[c]!, ...each })),
      confusion: { labels, matrix: confusion },
    };
  } finally {
    await predictor.close();
  }
}
