import type { EmbeddingTable, Examples } from "@thawline/core";
import { createEmbeddingTable } from "@thawline/core";
import { alignVocabulary, encodeTexts, type Lookup } from "@thawline/text";
import { readVectorsFile } from "@thawline/vectors/node";
import { readTaskFile, type TaskExample } from "./read-task-file.ts";
import type { StepArguments } from "./step-arguments.ts";

/** A peer's task, ready to train on. */
export interface Task {
  readonly table: EmbeddingTable;
  readonly train: Examples;
  readonly test: Examples;
  readonly classes: number;
}

/**
 * Reads a task the way the peers do: all rows of the file or those of the training words, then a random row for each
 * training word that has none. Rows that the training text can touch are active.
 */
export async function readTask(args: StepArguments): Promise<Task> {
  const train = await readTaskFile(`${args.data}/train.tsv`);
  const test = await readTaskFile(`${args.data}/test.tsv`);
  const words = [...new Set(train.flatMap(({ tokens }) => tokens))];
  const vectors = await readVectorsFile(args.vectors, args.vocab === "task" ? { wanted: new Set(words) } : {});
  const aligned = alignVocabulary({ words, vectors, oov: "random", seed: args.seed });
  const table = createEmbeddingTable({
    dimension: aligned.dimension,
    anchor: aligned.data,
    activeRows: aligned.rows,
    paddingRow: 0,
  });
  const labels = [...new Set(train.map(({ label }) => label))].sort();
  const encoding = { lookup: aligned.lookup, labels, maxLength: args.maxlen };
  return {
    table,
    train: encode(args.limit > 0 ? train.slice(0, args.limit) : train, encoding),
    test: encode(test, encoding),
    classes: labels.length,
  };
}

function encode(
  examples: readonly TaskExample[],
  { lookup, labels, maxLength }: { lookup: Lookup; labels: readonly string[]; maxLength: number },
): Examples {
  const { ids, offsets } = encodeTexts(
    examples.map(({ tokens }) => tokens),
    (token) => lookup.rowOf(token),
    { maxLength },
  );
  return { ids, offsets, labels: Int32Array.from(examples, ({ label }) => labels.indexOf(label)) };
}
