import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";

/**
 * Writes files to a fresh temporary folder, which goes away with the test.
 * @param {Readonly<Record<string, string | object>>} files path -> text, or a value that is written as JSON
 * @returns {string} the folder
 */
export function temporaryTree(files) {
  const root = mkdtempSync(join(tmpdir(), "thawline-tree-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), typeof content === "string" ? content : JSON.stringify(content, null, 2));
  }
  return root;
}
