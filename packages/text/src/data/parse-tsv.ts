import { forEachLine } from "./read-lines.ts";
import type { RowCollector } from "./row-collector.ts";
import type { RowParser } from "./row-parser.ts";

/** Parses `label<TAB>text` lines without a header; further tabs belong to the text. */
export function createTsvParser(collector: RowCollector): RowParser {
  const visit = (line: string, number: number): void => {
    const tab = line.indexOf("\t");
    if (tab !== -1) collector.row(number, line.slice(0, tab), line.slice(tab + 1));
    else if (line.trim() === "") collector.blank(number);
    else collector.skip(number, "no tab between label and text");
  };
  return { push: (block) => forEachLine(block.text, block.line, visit), end: () => {} };
}
