import type { TextBlock } from "./text-blocks.ts";

/** Turns blocks of whole lines into rows of its collector. */
export interface RowParser {
  push(block: TextBlock): void;
  /** After the last block. */
  end(): void;
}

/** Names of the columns (CSV) or keys (JSONL) to read. */
export interface ColumnNames {
  readonly text: string;
  readonly label: string;
}
