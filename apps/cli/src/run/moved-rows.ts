import { type EmbeddingTable, isRowUnmoved } from "@thawline/core";

/** Rows of the table that training moved, ascending. */
export function movedRows(table: EmbeddingTable): number[] {
  return Array.from(table.activeRows).filter((row) => !isRowUnmoved(table, row));
}
