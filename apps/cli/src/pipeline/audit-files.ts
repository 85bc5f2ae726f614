import {
  type AlignmentAudit,
  auditAlignment,
  auditForms,
  type TokenizerFit,
  type TokenizerName,
  type TokenizerSpec,
} from "@thawline/text";
import { decodeWord, type VectorFormatName } from "@thawline/vectors";
import { type ReadVectorsFileOptions, readVectorRowsFile } from "@thawline/vectors/node";
import { readLabelled } from "./read-splits.ts";

/** What to audit. */
export interface AuditFilesOptions extends Pick<ReadVectorsFileOptions, "onProgress" | "signal"> {
  readonly vectors: string;
  /** The training text. */
  readonly data: string;
  readonly dev?: string;
  readonly test?: string;
  /** Measure words and coverage with this tokenizer. Default: the one that fits best. */
  readonly tokenizer?: TokenizerName;
  /** Measure them with or without lower-casing. Default: what fits best. */
  readonly lowercase?: boolean;
  readonly vectorsFormat?: VectorFormatName;
  readonly textColumn?: string;
  readonly labelColumn?: string;
  readonly strict?: boolean;
  /** Length of the lists of words. Default 100. */
  readonly top?: number;
  /** Share of the tokens of `data` that must have a vector. */
  readonly minCoverage?: number;
}

/** A tokenizer's fit under a name of its own, such as `words-lowercase`. */
export interface NamedFit extends Omit<TokenizerFit, "name"> {
  readonly name: string;
  /** For `--tokenizer`. */
  readonly tokenizer: TokenizerName;
}

/** Rows of a file of labelled text. */
interface DataFile {
  readonly file: string;
  readonly rows: number;
  readonly skipped: number;
}

/** What `align --json` prints. */
export interface FilesAudit extends Omit<AlignmentAudit, "tokenizers" | "best"> {
  readonly command: "align";
  readonly vectors: {
    readonly file: string;
    readonly format: VectorFormatName;
    readonly rows: number;
    readonly dimension: number;
  };
  readonly data: { readonly train: DataFile; readonly dev: DataFile | null; readonly test: DataFile | null };
  /** All tokenizers, with and without lower-casing; fractions of types and tokens with a vector. Best fit first. */
  readonly tokenizers: readonly NamedFit[];
  /** The `name` of the tokenizer that fits best. */
  readonly best: string;
  /** The tokenizer that everything else here is measured with: the best, or the one that was asked for. */
  readonly measuredWith: { readonly name: string } & Omit<TokenizerSpec, "name"> & {
      readonly tokenizer: TokenizerName;
    };
  /** Null where no coverage was asked for. */
  readonly gate: { readonly minCoverage: number; readonly coverage: number; readonly passed: boolean } | null;
}

const nameOf = ({ name, lowercase }: Pick<TokenizerSpec, "name" | "lowercase">): string =>
  lowercase ? `${name}-lowercase` : name;

type Splits = Parameters<typeof auditForms>[0]["splits"];

async function readData(options: AuditFilesOptions) {
  const { data, dev, test, textColumn = null, labelColumn = null, strict = false } = options;
  const read = async (path: string) => (await readLabelled(path, { textColumn, labelColumn, strict })).dataset;
  const train = await read(data);
  return {
    train,
    ...(dev === undefined ? {} : { dev: await read(dev) }),
    ...(test === undefined ? {} : { test: await read(test) }),
  };
}

/** Which of the forms that the audit may ask for are in the file. */
async function readWordsOf(splits: Splits, { vectors, vectorsFormat, onProgress, signal }: AuditFilesOptions) {
  const words = new Set<string>();
  const info = await readVectorRowsFile(
    vectors,
    { begin: () => {}, row: (_, word) => void words.add(decodeWord(word)) },
    {
      wanted: auditForms({ splits }),
      ...(vectorsFormat === undefined ? {} : { format: vectorsFormat }),
      ...(onProgress === undefined ? {} : { onProgress }),
      ...(signal === undefined ? {} : { signal }),
    },
  );
  const { format, dimension, report } = info;
  return { words, source: { file: vectors, format, rows: report.fileRows, dimension } };
}

/** The audit with every tokenizer, and the one of the tokenizers asked for, which is the same where none was. */
function audit(splits: Splits, words: ReadonlySet<string>, options: AuditFilesOptions) {
  const { tokenizer, lowercase, top } = options;
  const request = { splits, hasWord: (word: string) => words.has(word), ...(top === undefined ? {} : { top }) };
  const all = auditAlignment(request);
  if (tokenizer === undefined && lowercase === undefined) return { all, asked: all };
  const tokenizers = all.tokenizers
    .filter((fit) => (tokenizer ?? fit.name) === fit.name && (lowercase ?? fit.lowercase) === fit.lowercase)
    .map((fit) => ({ name: fit.name, lowercase: fit.lowercase }));
  return { all, asked: auditAlignment({ ...request, tokenizers }) };
}

/**
 * Audits how the words of labelled texts meet those of a file of vectors, before any training: see `auditAlignment`.
 * Of the file only words are kept, those that the audit may ask for.
 * @throws FormatError BAD_VECTOR_FILE, BAD_DATA_FILE; ThawlineError ABORTED
 */
export async function auditFiles(options: AuditFilesOptions): Promise<FilesAudit> {
  const splits = await readData(options);
  const { words, source } = await readWordsOf(splits, options);
  const { all, asked } = audit(splits, words, options);
  const { best, tokenizers: _, ...rest } = asked;
  const { name, ...spec } = best;
  const fileOf = (split: typeof splits.train | undefined, file: string | undefined): DataFile | null =>
    split === undefined ? null : { file: file!, rows: split.rows, skipped: split.skippedRows };
  const coverage = asked.splits.train.tokens;
  const { minCoverage } = options;
  return {
    command: "align",
    vectors: source,
    data: {
      train: fileOf(splits.train, options.data)!,
      dev: fileOf(splits.dev, options.dev),
      test: fileOf(splits.test, options.test),
    },
    tokenizers: all.tokenizers.map(({ name: tokenizer, ...fit }) => ({
      name: nameOf({ name: tokenizer, lowercase: fit.lowercase }),
      tokenizer,
      ...fit,
    })),
    best: nameOf(all.best),
    measuredWith: { name: nameOf(best), tokenizer: name, ...spec },
    ...rest,
    gate: minCoverage === undefined ? null : { minCoverage, coverage, passed: coverage >= minCoverage },
  };
}
