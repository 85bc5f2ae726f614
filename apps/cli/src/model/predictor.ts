import { argMax, type ClassificationMetrics, createEmbeddingTable, createTrainer, softmaxRows } from "@thawline/core";
import { tokenizeTexts } from "@thawline/text";
import { type BackendName, expectNodeBackend } from "../pipeline/backend-names.ts";
import { chooseBackend, openNamed } from "../pipeline/choose-backend.ts";
import { sequenceLimits } from "../pipeline/sequence-limits.ts";
import { type LoadedModel, loadModel } from "./load-model.ts";

/** What a model says of one text. */
export interface Prediction {
  readonly label: string;
  /** Of `label`, in [0, 1]. */
  readonly probability: number;
  /** Every label, the likeliest first. */
  readonly ranking: readonly { readonly label: string; readonly probability: number }[];
}

/** A model ready to classify texts. */
export interface Predictor {
  readonly model: LoadedModel;
  /** One prediction a text, in order; a text without a known word gets what the head makes of a zero vector. */
  predict(texts: readonly string[]): Promise<Prediction[]>;
  /** Metrics on labelled texts; `classes` as `encodeLabels` gives them. */
  evaluate(texts: readonly string[], classes: Int32Array): Promise<ClassificationMetrics>;
  close(): Promise<void>;
}

/**
 * Opens a saved model for prediction.
 * @throws FormatError BAD_MODEL_FILE; ThawlineError ALIGNMENT_MISMATCH; PolicyError INVALID_CONFIG for a backend of browsers;
 * BackendError BACKEND_UNAVAILABLE
 * @example
 * const predictor = await openPredictor("run/model");
 * const [first] = await predictor.predict(["a warm, funny film"]);
 */
export async function openPredictor(
  folder: string,
  options: { readonly backend?: BackendName | "auto" } = {},
): Promise<Predictor> {
  const { backend: asked = "auto" } = options;
  if (asked !== "auto") expectNodeBackend(asked);
  const model = await loadModel(folder);
  const { backend } = await (asked === "auto" ? chooseBackend(model.head, "predict") : openNamed(asked));
  const encoder = model.encoder();
  const table = createEmbeddingTable({
    dimension: model.config.dimension,
    anchor: model.embeddings,
    activeRows: [],
    paddingRow: -1,
  });
  // A trainer that never steps: evaluation is the same code as while training.
  const trainer = await createTrainer({
    backend,
    table,
    head: model.head,
    lookUp: encoder.lookUp,
    optimizer: { type: "sgd", learningRate: 1 },
    batchSize: 1,
    ...sequenceLimits(model.head, model.tokenizer),
    parameters: model.parameters,
  });
  const { labels } = model.config;
  const encode = (texts: readonly string[], classes: Int32Array) =>
    encoder.encode(tokenizeTexts(texts, model.tokenizer), classes);
  // One at a time: the encoder holds the look-up of the texts that the trainer reads.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const next = last.then(work, work);
    last = next.catch(() => {});
    return next;
  };
  const rank = (probabilities: Float64Array, at: number): Prediction => {
    const top = argMax(probabilities, at, labels.length);
    const ranking = labels
      .map((label, c) => ({ label, probability: probabilities[at + c]! }))
      .sort((a, b) => b.probability - a.probability);
    return { label: labels[top]!, probability: probabilities[at + top]!, ranking };
  };
  return {
    model,
    async predict(texts) {
      if (texts.length === 0) return [];
      const logits = await inTurn(() => trainer.logits(encode(texts, new Int32Array(texts.length))));
      const probabilities = softmaxRows(logits, labels.length);
      return texts.map((_, i) => rank(probabilities, i * labels.length));
    },
    evaluate: (texts, classes) => inTurn(() => trainer.evaluate(encode(texts, classes))),
    async close() {
      await last;
      await trainer.close();
      await backend.close();
    },
  };
}
