import Table from "cli-table3";

const none = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "  ",
} as const;

const isFigure = (text: string): boolean => /^([-−+]?[\d.,]+( %)?|–)$/.test(text);

/** A table without rules: columns of figures to the right, others to the left. No line ends in spaces. */
export function textTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const colAligns = head.map((_, i) =>
    rows.every((row) => isFigure(row[i] ?? "")) ? ("right" as const) : ("left" as const),
  );
  const table = new Table({
    head: [...head],
    colAligns,
    chars: none,
    style: { "padding-left": 0, "padding-right": 0, head: [], border: [] },
  });
  for (const row of rows) table.push([...row]);
  return table
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}
