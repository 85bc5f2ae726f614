import { type CheckOptions, checkData, type DataCheck, type Dataset, type FindingCode } from "@thawline/text";
import { readLabelled } from "../pipeline/read-splits.ts";

/** What to check. */
export interface CheckFilesOptions extends Pick<CheckOptions, "top" | "seed" | "folds" | "model" | "onProgress"> {
  readonly train: string;
  readonly dev?: string;
  readonly test?: string;
  readonly textColumn?: string;
  readonly labelColumn?: string;
  readonly strict?: boolean;
  /** Least Jaccard similarity of the words of nearly the same texts. Default 0.8. */
  readonly nearSimilarity?: number;
  /** Share of the rows of `dev` or `test` that may stand in an earlier split, near ones included. */
  readonly maxLeaked?: number;
  /** Findings that fail: by code, or all of a severity. */
  readonly failOn?: readonly (FindingCode | "problem" | "warning")[];
}

/** A limit, what was found, and whether it held. */
export interface CheckGate {
  readonly name: "max-leaked" | "fail-on";
  readonly limit: number | string;
  readonly value: number;
  readonly passed: boolean;
}

/** What `check-data --json` prints. */
export interface FilesCheck extends DataCheck {
  readonly command: "check-data";
  readonly data: Readonly<
    Record<
      "train" | "dev" | "test",
      {
        readonly file: string;
        readonly rows: number;
        /** Rows without text or label, all of them. */
        readonly skipped: number;
        /** The first of them. */
        readonly skippedRows: Dataset["skipped"];
      } | null
    >
  >;
  /** One for each limit that was asked for. */
  readonly gates: readonly CheckGate[];
}

function gatesOf(check: DataCheck, { maxLeaked, failOn }: CheckFilesOptions): CheckGate[] {
  const gates: CheckGate[] = [];
  if (maxLeaked !== undefined) {
    const value = Math.max(0, ...check.repeats.across.map((leak) => leak.share));
    gates.push({ name: "max-leaked", limit: maxLeaked, value, passed: value <= maxLeaked });
  }
  for (const limit of failOn ?? []) {
    const value = check.findings.filter(
      ({ code, severity }) => code === limit || severity === limit || (limit === "warning" && severity === "problem"),
    ).length;
    gates.push({ name: "fail-on", limit, value, passed: value === 0 });
  }
  return gates;
}

/**
 * Checks files of labelled text before training: see `checkData`.
 * @throws FormatError BAD_DATA_FILE
 */
export async function checkFiles(options: CheckFilesOptions): Promise<FilesCheck> {
  const { textColumn = null, labelColumn = null, strict = false, nearSimilarity } = options;
  const read = async (path: string | undefined): Promise<Dataset | undefined> =>
    path === undefined ? undefined : (await readLabelled(path, { textColumn, labelColumn, strict })).dataset;
  const train = (await read(options.train))!;
  const [dev, test] = [await read(options.dev), await read(options.test)];
  const splits = { train, ...(dev === undefined ? {} : { dev }), ...(test === undefined ? {} : { test }) };
  const near = nearSimilarity === undefined ? {} : { near: { similarity: nearSimilarity } };
  const check = checkData(splits, { ...options, ...near });
  const fileOf = (dataset: Dataset | undefined, file: string | undefined) =>
    dataset === undefined
      ? null
      : { file: file!, rows: dataset.rows, skipped: dataset.skippedRows, skippedRows: dataset.skipped };
  return {
    command: "check-data",
    data: { train: fileOf(train, options.train), dev: fileOf(dev, options.dev), test: fileOf(test, options.test) },
    ...check,
    gates: gatesOf(check, options),
  };
}
