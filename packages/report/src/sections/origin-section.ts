import type { ReportOrigin, ReportVectors } from "../data/common.ts";
import { code, type Section, type TableBlock, type Text, word } from "../document/blocks.ts";
import { grouped } from "../text/format.ts";

const shownValue = (value: unknown): string =>
  value === null || value === undefined ? "–" : typeof value === "string" ? value : JSON.stringify(value);

function configurationTable(configuration: Readonly<Record<string, unknown>>): TableBlock {
  return {
    kind: "table",
    caption: "Configuration",
    columns: [{ title: "setting" }, { title: "value" }],
    rows: Object.entries(configuration).map(([name, value]) => [name, [code(shownValue(value))]]),
  };
}

/** How to have the run again: command, inputs, configuration. `facts` stand first. */
export function originSection(
  { command, version, configuration, inputs }: ReportOrigin,
  vectors: ReportVectors,
  facts: readonly (readonly [string, Text])[],
): Section {
  const loaded = vectors.loadedRows === vectors.rows ? "" : `, ${grouped(vectors.loadedRows)} loaded`;
  const hashes = Object.entries(inputs).flatMap(([name, hash]): [string, Text][] =>
    hash === null ? [] : [[`SHA-256 of ${name}`, [code(hash)]]],
  );
  return {
    id: "reproduce",
    title: "Reproduce",
    blocks: [
      { kind: "code", label: "Command", text: command },
      { kind: "paragraph", text: "The same files, command and version give the same figures, and this report again." },
      {
        kind: "facts",
        facts: [
          ...facts,
          [
            "Vectors",
            [word(vectors.file), ` (${vectors.format}, ${grouped(vectors.rows)} × ${vectors.dimension}${loaded})`],
          ],
          ["Thawline", version],
          ...hashes,
        ],
      },
      { kind: "fold", title: "All settings", blocks: [configurationTable(configuration)] },
    ],
  };
}
