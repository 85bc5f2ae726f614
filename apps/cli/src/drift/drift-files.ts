import {
  type AnalogyRetention,
  analogyRetention,
  pairTables,
  parseAnalogies,
  parseSimilarityPairs,
  type SimilarityRetention,
  similarityRetention,
  type TableDrift,
  tableDrift,
} from "@thawline/analysis";
import { FormatError } from "@thawline/core";
import { readLinesFile } from "@thawline/text/node";
import type { VectorFormatName } from "@thawline/vectors";
import { type ReadVectorsFileOptions, readVectorsFile } from "@thawline/vectors/node";
import { type CountTextOptions, countText, readCounts } from "./word-counts.ts";

/** What to compare, and how much of it. */
export interface DriftFilesOptions extends CountTextOptions, Pick<ReadVectorsFileOptions, "onProgress" | "signal"> {
  readonly before: string;
  readonly after: string;
  readonly vectorsFormat?: VectorFormatName;
  /** The text that was trained on. */
  readonly data?: string;
  /** A file of counts. */
  readonly counts?: string;
  readonly similarity?: readonly string[];
  readonly analogies?: readonly string[];
  readonly top?: number;
  readonly k?: number;
  readonly sample?: number;
  readonly candidates?: number;
  readonly seed?: number;
  readonly maxMeanCosineDistance?: number;
  readonly maxCosineDistance?: number;
  readonly minNeighborOverlap?: number;
  /** Called when everything is read. */
  readonly onRead?: (sharedRows: number) => void;
}

/** One of the two files. */
export interface ComparedFile {
  readonly file: string;
  readonly format: VectorFormatName;
  readonly rows: number;
  readonly dimension: number;
  /** Rows left out because their word stood further up. */
  readonly duplicates: number;
}

/** A figure held against a limit. */
export interface DriftGate {
  readonly figure: "meanCosineDistance" | "maxCosineDistance" | "neighborOverlap";
  readonly limit: number;
  readonly value: number;
  readonly passed: boolean;
}

/** What `drift --json` prints. */
export interface FilesDrift {
  readonly command: "drift";
  readonly before: ComparedFile;
  readonly after: ComparedFile;
  /** Null without `--data`. */
  readonly data: {
    readonly file: string;
    readonly rows: number;
    readonly tokens: number;
    readonly coverage: number;
  } | null;
  readonly drift: Omit<TableDrift, "duplicates">;
  readonly retention: {
    readonly similarity: readonly ({ readonly file: string } & SimilarityRetention)[];
    readonly analogies: readonly ({ readonly file: string } & AnalogyRetention)[];
  };
  readonly gates: readonly DriftGate[];
}

type Loaded = Awaited<ReturnType<typeof readVectorsFile>>;

const comparedFile = (file: string, { format, dimension, report }: Loaded): ComparedFile => ({
  file,
  format,
  rows: report.fileRows,
  dimension,
  duplicates: report.duplicates.count,
});

async function readTables(options: DriftFilesOptions): Promise<readonly [Loaded, Loaded]> {
  const { before, after, vectorsFormat, onProgress, signal } = options;
  const settings = {
    ...(vectorsFormat === undefined ? {} : { format: vectorsFormat }),
    ...(onProgress === undefined ? {} : { onProgress }),
    ...(signal === undefined ? {} : { signal }),
  };
  const old = await readVectorsFile(before, settings);
  const now = await readVectorsFile(after, settings);
  if (old.dimension !== now.dimension) {
    throw new FormatError(
      "BAD_VECTOR_FILE",
      `expected vectors of dimension ${old.dimension}, as ${before} has; these have ${now.dimension}. Drift compares a ` +
        "table with what became of it",
      { file: after },
    );
  }
  return [old, now];
}

async function textOf(path: string): Promise<string> {
  const lines: string[] = [];
  for await (const line of readLinesFile(path)) lines.push(line);
  return lines.join("\n");
}

/** Parsed before the vectors are read: a file of another form should be told of at once. */
async function readQuestions({ similarity = [], analogies = [] }: DriftFilesOptions) {
  const read = async <T>(files: readonly string[], parse: (text: string, file: string) => T) =>
    Promise.all(files.map(async (file) => ({ file, content: parse(await textOf(file), file) })));
  return {
    similarity: await read(similarity, parseSimilarityPairs),
    analogies: await read(analogies, parseAnalogies),
  };
}

function gatesOf(drift: TableDrift, options: DriftFilesOptions): DriftGate[] {
  const { maxMeanCosineDistance, maxCosineDistance, minNeighborOverlap } = options;
  const { overlap } = drift.neighborOverlap;
  const asked = [
    [
      "meanCosineDistance",
      maxMeanCosineDistance,
      drift.meanCosineDistance,
      (limit: number) => drift.meanCosineDistance <= limit,
    ],
    [
      "maxCosineDistance",
      maxCosineDistance,
      drift.maxCosineDistance,
      (limit: number) => drift.maxCosineDistance <= limit,
    ],
    ["neighborOverlap", minNeighborOverlap, overlap, (limit: number) => overlap >= limit],
  ] as const;
  return asked.flatMap(([figure, limit, value, passes]) =>
    limit === undefined ? [] : [{ figure, limit, value, passed: passes(limit) }],
  );
}

const sizesOf = ({ top, k, sample, candidates, seed }: DriftFilesOptions) => ({
  ...(top === undefined ? {} : { top }),
  ...(k === undefined ? {} : { k }),
  ...(sample === undefined ? {} : { sample }),
  ...(candidates === undefined ? {} : { candidates }),
  ...(seed === undefined ? {} : { seed }),
});

/**
 * Measures drift between two files of vectors that share words; see `tableDrift`.
 * @throws FormatError BAD_VECTOR_FILE (also for other dimensions, or no word in common), BAD_DATA_FILE; ThawlineError ABORTED
 */
export async function driftFiles(options: DriftFilesOptions): Promise<FilesDrift> {
  const questions = await readQuestions(options);
  const given = options.counts === undefined ? undefined : await readCounts(options.counts);
  const [before, after] = await readTables(options);
  const text = options.data === undefined ? null : await countText(options.data, before.words, options);
  const counts = given ?? text?.counts;
  const pair = pairTables(before, after);
  options.onRead?.(pair.words.length);
  const measured = tableDrift(before, after, {
    ...sizesOf(options),
    ...(counts === undefined ? {} : { counts }),
    ...(text === null ? {} : { seen: text.counts }),
  });
  // The readers left them out already and say how many they were.
  const { duplicates: _, ...drift } = measured;
  return {
    command: "drift",
    before: comparedFile(options.before, before),
    after: comparedFile(options.after, after),
    data: text === null ? null : { file: options.data!, rows: text.rows, tokens: text.tokens, coverage: text.coverage },
    drift,
    retention: {
      similarity: questions.similarity.map(({ file, content }) => ({ file, ...similarityRetention(pair, content) })),
      analogies: questions.analogies.map(({ file, content }) => ({ file, ...analogyRetention(pair, content) })),
    },
    gates: gatesOf(measured, options),
  };
}
