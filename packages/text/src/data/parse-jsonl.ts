import { missingColumnMessage } from "./missing-column.ts";
import { forEachLine } from "./read-lines.ts";
import type { RowCollector } from "./row-collector.ts";
import type { ColumnNames, RowParser } from "./row-parser.ts";

const kindOf = (value: unknown): string =>
  value === null
    ? "null"
    : Array.isArray(value)
      ? "a list"
      : typeof value === "object"
        ? "an object"
        : `a ${typeof value}`;

/**
 * Parses one JSON object a line. The text is a string; the label a string, number or boolean, kept as its string.
 * `null` and `""` count as missing.
 */
export function createJsonlParser(collector: RowCollector, columns: ColumnNames): RowParser {
  const keys = new Set<string>();
  let hasText = false;
  let hasLabel = false;

  const objectOf = (line: string, number: number): object => {
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch (error) {
      collector.fail(`expected one JSON object a line, ${(error as Error).message}`, { line: number }, error);
    }
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      collector.fail(`expected one JSON object a line, found ${kindOf(value)}`, { line: number });
    }
    return value as object;
  };
  const visit = (line: string, number: number): void => {
    if (line.trim() === "") {
      collector.blank(number);
      return;
    }
    const record = objectOf(line, number);
    // Own keys only: a column named constructor must not find Object's.
    const field = (name: string): unknown =>
      Object.hasOwn(record, name) ? (record as Record<string, unknown>)[name] : undefined;
    const text = field(columns.text);
    const label = field(columns.label);
    hasText ||= text !== undefined;
    hasLabel ||= label !== undefined;
    if (!(hasText && hasLabel) && keys.size < 100) for (const key of Object.keys(record)) keys.add(key);
    if (typeof text !== "string" && text !== null && text !== undefined) {
      collector.skip(number, `the text is ${kindOf(text)}, not a string`);
      return;
    }
    if (typeof label === "object" && label !== null) {
      collector.skip(number, `the label is ${kindOf(label)}, not a string, number or boolean`);
      return;
    }
    collector.row(number, label === null || label === undefined ? undefined : String(label), text ?? undefined);
  };
  const end = (): void => {
    if (keys.size === 0) return;
    if (!hasText) collector.fail(missingColumnMessage("text", columns.text, [...keys]));
    if (!hasLabel) collector.fail(missingColumnMessage("label", columns.label, [...keys]));
  };
  return { push: (block) => forEachLine(block.text, block.line, visit), end };
}
