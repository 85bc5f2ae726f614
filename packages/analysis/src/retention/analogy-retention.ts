import { dotOfRows, unitRows } from "../drift/nearest-rows.ts";
import type { TablePair } from "../drift/pair-tables.ts";
import { type RowMatrix, selectRows } from "../linear/row-matrix.ts";
import type { Analogy } from "./analogy-file.ts";
import { createWordFinder } from "./word-finder.ts";

/** Analogies solved in one section, or in all. */
export interface AnalogyScore {
  readonly section: string;
  /** Analogies in the file, and those whose four words are among the candidates. */
  readonly total: number;
  readonly used: number;
  /** Share of the used ones that are solved, in [0, 1]; `null` where none is used. */
  readonly before: number | null;
  readonly after: number | null;
  /** after − before. */
  readonly change: number | null;
}

/** Analogies before and after. */
export interface AnalogyRetention extends AnalogyScore {
  readonly sections: readonly AnalogyScore[];
  /** Words among which answers are sought. */
  readonly candidates: number;
}

type Question = readonly [a: number, b: number, c: number, d: number];

/** Rows of candidates that are looked at at once, so that their similarities stay small. */
const blockRows = 1024;

/** The answer of 3CosAdd to each question: the candidate of largest cos(x, b) − cos(x, a) + cos(x, c). */
function solve(matrix: RowMatrix, questions: readonly Question[], candidates: number): Int32Array {
  const { dimension } = matrix;
  const units = unitRows(
    selectRows(
      matrix,
      Int32Array.from({ length: candidates }, (_, i) => i),
    ),
  );
  const terms = [...new Set(questions.flatMap((question) => question.slice(0, 3)))];
  const termOf = new Map(terms.map((row, i) => [row, i]));
  const answers = new Int32Array(questions.length).fill(-1);
  const best = new Float64Array(questions.length).fill(Number.NEGATIVE_INFINITY);
  const similarities = terms.map(() => new Float64Array(blockRows));
  for (let start = 0; start < candidates; start += blockRows) {
    const end = Math.min(candidates, start + blockRows);
    terms.forEach((term, i) => {
      for (let x = start; x < end; x++) similarities[i][x - start] = dotOfRows(units, dimension, term, x);
    });
    questions.forEach(([a, b, c], i) => {
      const [toA, toB, toC] = [a, b, c].map((row) => similarities[termOf.get(row)!]);
      for (let x = start; x < end; x++) {
        const score = toB[x - start] - toA[x - start] + toC[x - start];
        if (score <= best[i] || x === a || x === b || x === c) continue;
        best[i] = score;
        answers[i] = x;
      }
    });
  }
  return answers;
}

/** How many of the questions at `chosen` have their answer; as a share. */
function share(questions: readonly Question[], answers: Int32Array, chosen: readonly number[]): number | null {
  if (chosen.length === 0) return null;
  return chosen.filter((i) => answers[i] === questions[i][3]).length / chosen.length;
}

/**
 * What tuning kept of analogies, a : b as c : d. Answered by 3CosAdd over vectors of length 1: the word x other than a, b
 * and c of largest cos(x, b) − cos(x, a) + cos(x, c); ties go to the lower row. Words are found as they stand, else
 * lower-cased. Candidates, before and after, are the first `candidates` shared words (default 30,000, in most files the
 * most frequent); an analogy with a word beyond them is not used.
 * @remarks Mikolov, Yih and Zweig 2013, "Linguistic regularities in continuous space word representations"; the name and
 * form as in Levy and Goldberg 2014.
 */
export function analogyRetention(
  tables: TablePair,
  analogies: readonly Analogy[],
  options: { readonly candidates?: number } = {},
): AnalogyRetention {
  const candidates = Math.min(options.candidates ?? 30_000, tables.words.length);
  const find = createWordFinder(tables.words.slice(0, candidates));
  const questions: Question[] = [];
  const sections = new Map<string, { total: number; chosen: number[] }>();
  for (const { section, a, b, c, d } of analogies) {
    const members = sections.get(section) ?? { total: 0, chosen: [] };
    sections.set(section, members);
    members.total++;
    const rows = [a, b, c, d].flatMap((word) => find(word) ?? []);
    if (rows.length < 4) continue;
    members.chosen.push(questions.length);
    questions.push(rows as unknown as Question);
  }
  const [old, now] = [tables.before, tables.after].map((matrix) => solve(matrix, questions, candidates));
  const scoreOf = (section: string, total: number, chosen: readonly number[]): AnalogyScore => {
    const [before, after] = [share(questions, old, chosen), share(questions, now, chosen)];
    const change = before === null || after === null ? null : after - before;
    return { section, total, used: chosen.length, before, after, change };
  };
  return {
    ...scoreOf("all", analogies.length, [...questions.keys()]),
    sections: [...sections].map(([section, { total, chosen }]) => scoreOf(section, total, chosen)),
    candidates,
  };
}
