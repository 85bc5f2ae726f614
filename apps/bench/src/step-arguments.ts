import { parseArgs } from "node:util";
import { comparedBackends } from "./backend-step.ts";
import { UsageError } from "./usage-error.ts";

/** The peers' common command line, as `peer_torch.py` has it. */
export interface StepArguments {
  /** Folder with `train.tsv` and `test.tsv`: label, tab, tokens joined by one space. */
  readonly data: string;
  /** GloVe or word2vec text. */
  readonly vectors: string;
  readonly epochs: number;
  readonly dim: number;
  readonly batch: number;
  readonly lr: number;
  readonly mode: "full" | "frozen";
  /** `all`: every row of the vectors; `task`: only words of the training split. */
  readonly vocab: "all" | "task";
  /** Use only the first so many training examples, one epoch, after 2 uncounted batches; 0 for all. */
  readonly limit: number;
  /** Tokens an example is cut to. */
  readonly maxlen: number;
  readonly seed: number;
  /** Name of one of `comparedBackends`. */
  readonly backend: string;
  /** `cnn` is Kim's: widths 3, 4, 5 with 100 maps each, dropout 0.5, max-norm 3. */
  readonly head: "linear" | "cnn";
}

const options = {
  data: { type: "string" },
  vectors: { type: "string" },
  epochs: { type: "string", default: "10" },
  dim: { type: "string", default: "100" },
  batch: { type: "string", default: "32" },
  lr: { type: "string", default: "0.005" },
  mode: { type: "string", default: "full" },
  threads: { type: "string", default: "1" },
  vocab: { type: "string", default: "all" },
  limit: { type: "string", default: "0" },
  maxlen: { type: "string", default: "64" },
  seed: { type: "string", default: "1" },
  backend: { type: "string", default: "cpu" },
  head: { type: "string", default: "linear" },
} as const;

/** Reads the command line. @throws UsageError */
export function parseStepArguments(args: readonly string[]): StepArguments {
  const { values } = parseArgs({ args: [...args], options });
  const { data, vectors, mode, vocab, backend, head } = values;
  if (data === undefined || vectors === undefined) throw new UsageError("step needs --data DIR and --vectors FILE");
  if (mode !== "full" && mode !== "frozen") throw new UsageError(`--mode is full or frozen, got "${mode}"`);
  if (vocab !== "all" && vocab !== "task") throw new UsageError(`--vocab is all or task, got "${vocab}"`);
  if (head !== "linear" && head !== "cnn") throw new UsageError(`--head is linear or cnn, got "${head}"`);
  if (!comparedBackends.includes(backend))
    throw new UsageError(`--backend is one of ${comparedBackends.join(", ")}, got "${backend}"`);
  if (values.threads !== "1")
    throw new UsageError(`--threads is 1: the product trains on one thread; got "${values.threads}"`);
  const number = (name: "epochs" | "dim" | "batch" | "lr" | "limit" | "maxlen" | "seed", least: number): number => {
    const value = Number(values[name]);
    if (!(value >= least) || (name !== "lr" && !Number.isInteger(value))) {
      throw new UsageError(`--${name} is a number from ${least}, got "${values[name]}"`);
    }
    return value;
  };
  return {
    data,
    vectors,
    mode,
    vocab,
    epochs: number("epochs", 1),
    dim: number("dim", 1),
    batch: number("batch", 1),
    lr: number("lr", 0),
    limit: number("limit", 0),
    maxlen: number("maxlen", 1),
    seed: number("seed", 0),
    backend,
    head,
  };
}
