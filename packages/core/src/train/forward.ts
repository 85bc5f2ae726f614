import type { Backend } from "../backend.ts";
import { isFiniteTensor } from "../checked-backend.ts";
import type { FloatPrecision } from "../embedding/allocate.ts";
import { createEntryBuilder, type Entries } from "../embedding/entries.ts";
import { identityLookUp } from "../embedding/look-up.ts";
import type { InputGradient } from "../embedding/row-gradient.ts";
import type { EmbeddingTable } from "../embedding/table.ts";
import { NonFiniteError } from "../errors.ts";
import { type FloatArray, floatTensor } from "../tensor.ts";
import type { Random } from "../util/random.ts";
import { createEmbeddingDropout } from "./embedding-dropout.ts";
import { type Examples, exampleCount } from "./examples.ts";
import { fillDropout } from "./fill-dropout.ts";
import { createProgram, type Program, type ProgramRequest } from "./program.ts";
import { writeClassTargets } from "./targets.ts";
import type { TrainerOptions } from "./trainer-options.ts";

/** Result of a forward and backward pass; arrays are the program's, valid until its next run. */
export interface Differentiated {
  readonly program: Program;
  readonly loss: number;
  /** Gradient of each embedding input that was asked for. */
  readonly inputs: readonly InputGradient[];
}

/** What a training step does beyond an evaluation. */
export interface TrainingPass {
  /** Of dropout masks. */
  readonly random: Random;
  /** The table that these entries are looked up in, brought up to date for them; default the trainer's as it is. */
  readonly tableFor?: ((entries: Entries) => EmbeddingTable) | undefined;
}

/** Runs a head on batches of token ids: look-up on the host, graph on the backend. */
export interface Forward {
  /** Loss and gradients for the inputs in `wrt`. With `training` dropout is on, without it off. */
  differentiate(batch: Examples, wrt: readonly string[], training?: TrainingPass): Promise<Differentiated>;
  /** Scores `[B, C]` of at most `evaluationBatchSize` examples; valid until the next run. */
  predict(batch: Examples): Promise<FloatArray>;
  /** Releases compiled programs. */
  close(): Promise<void>;
}

/** Lengths are padded to a multiple of this, so that few shapes are compiled. */
const positionBucket = 8;
const defaultMaxPositions = 256;
/** Examples that a prediction runs at once where nothing else is asked for. */
export const defaultEvaluationBatchSize = 256;

/** What runs a trainer's batches. Programs are compiled once a shape and kept. */
export function createForward(
  options: TrainerOptions,
  context: {
    readonly backend: Backend;
    readonly precision: FloatPrecision;
    readonly parameters: Readonly<Record<string, FloatArray>>;
  },
): Forward {
  const { table, head, batchSize, classWeights, labelSmoothing } = options;
  const { allocate, kernels } = table.arena;
  const lookUp = options.lookUp ?? identityLookUp;
  // One builder an input: each keeps the entries that the backward pass reads again.
  const builders = head.embeddings.map(() => createEntryBuilder(table, lookUp));
  // Allocated where it is first used, at its batch's size.
  const dropouts = head.embeddings.map(() =>
    createEmbeddingDropout(options.embeddingDropout ?? 0, {
      dimension: table.dimension,
      precision: context.precision,
      allocate,
    }),
  );
  const isPooled = head.embeddings.every((input) => input.form === "pooled");
  const programs = new Map<string, Promise<Program>>();
  const targetOptions = {
    classes: head.classes,
    ...(classWeights === undefined ? {} : { classWeights }),
    ...(labelSmoothing === undefined ? {} : { labelSmoothing }),
  };

  const programFor = (request: ProgramRequest): Promise<Program> => {
    const key = `${request.mode} ${request.shape.examples} ${request.shape.positions} ${request.wrt.join(" ")}`;
    let program = programs.get(key);
    if (program === undefined) {
      program = createProgram({ ...context, head, allocate }, request);
      programs.set(key, program);
      // A failed compilation is told to its caller, and tried again by the next.
      program.catch(() => programs.delete(key));
    }
    return program;
  };

  const positionsOf = (batch: Examples): number => {
    if (batch.positions !== undefined) return batch.positions;
    if (isPooled) return 0;
    let longest = 1;
    for (let b = 0; b < exampleCount(batch); b++) {
      longest = Math.max(longest, batch.offsets[b + 1]! - batch.offsets[b]!);
    }
    return Math.min(options.maxPositions ?? defaultMaxPositions, Math.ceil(longest / positionBucket) * positionBucket);
  };

  const gather = (program: Program, batch: Examples, training: TrainingPass | undefined): Entries[] => {
    const rate = options.wordDropout ?? 0;
    const random = training?.random;
    const dropout = random !== undefined && rate > 0 ? { rate, random } : undefined;
    return head.embeddings.map((input, i) => {
      const builder = builders[i]!;
      const entries =
        input.form === "pooled"
          ? builder.pooled(batch, program.shape.examples, dropout)
          : builder.positions(batch, program.shape, program.buffers[input.mask!]!, dropout);
      const vectors = program.buffers[input.input]!;
      kernels.gather(training?.tableFor?.(entries) ?? table, entries, vectors);
      dropouts[i]!.forward(vectors, program.shape.examples, random);
      return entries;
    });
  };

  return {
    async differentiate(batch, wrt, training) {
      const count = exampleCount(batch);
      if (count > batchSize) throw new RangeError(`a batch has at most ${batchSize} examples, got ${count}`);
      const shape = { examples: batchSize, positions: positionsOf(batch) };
      const program = await programFor({ mode: "train", shape, wrt });
      const entries = gather(program, batch, training);
      const { buffers } = program;
      writeClassTargets(batch.labels, { target: buffers.target!, weight: buffers.weight! }, targetOptions);
      for (const { input, rate } of program.head.dropout) fillDropout(buffers[input]!, rate, training?.random);
      const { loss } = await program.executable.run(program.feeds, { into: program.into });
      const inputs = head.embeddings.flatMap((input, i) => {
        if (!wrt.includes(input.input)) return [];
        const dX = program.gradients[input.input]!;
        dropouts[i]!.backward(dX);
        return [{ entries: entries[i]!, dX }];
      });
      return { program, loss: loss!, inputs };
    },
    async predict(batch) {
      const shape = {
        examples: options.evaluationBatchSize ?? defaultEvaluationBatchSize,
        positions: positionsOf(batch),
      };
      const program = await programFor({ mode: "predict", shape, wrt: [] });
      gather(program, batch, undefined);
      await program.executable.run(program.feeds, { into: program.into });
      const { logits } = program;
      if (!isFiniteTensor(floatTensor([logits.length], logits))) {
        throw new NonFiniteError("scores", "the scores hold NaN or infinity");
      }
      return logits;
    },
    async close() {
      const open = await Promise.all(programs.values());
      programs.clear();
      await Promise.all(open.map((program) => program.executable.close()));
    },
  };
}
