import { describe, expect, it } from "vitest";
import { sampleComparison } from "../../test/sample-comparison.ts";
import { sampleRun, sampleWord } from "../../test/sample-run.ts";
import { renderReport } from "../index.ts";

const markdownOf = async (data: Parameters<typeof renderReport>[0]): Promise<string> =>
  (await renderReport(data)).markdown;

/** Cells of a line of a table, by GitHub's rule: a bar that is not escaped parts them. */
const cells = (line: string): string[] => line.split(/(?<!\\)\|/).slice(1, -1);

describe("markdown", () => {
  it("has the words and figures of the page", async () => {
    const text = await markdownOf(sampleRun());
    expect(text).toMatch(/^# Tuning helped: use the tuned vectors\n/);
    for (const title of ["Scores", "Over the epochs", "What moved, and how far", "Reproduce"])
      expect(text).toContain(`\n## ${title}\n`);
    expect(text).toContain("| bland | 0.050 | 120 | good, fine, ~~before0~~ | fine, good, **after0** |");
    expect(text).toContain("| 1 | frozen | 0.6000 | 0.5500 |");
    expect(text).toContain("```sh\nthawline finetune \\\n");
  });

  it("of a comparison has arms and pairs", async () => {
    const text = await markdownOf(sampleComparison());
    expect(text).toContain("# Use the policy “gradual”");
    expect(text).toContain("| gradual − full (dev) | **+0.4** | −0.9 to +1.7 | 0.430 | permutation |");
  });

  it("keeps tables whole whatever words are in them", async () => {
    const words = ["a|b", "`|`", "\\|", "new\nline", "**x**", "<b>", "", " ", "|"];
    const text = await markdownOf(sampleRun({ movedWords: words.map(sampleWord) }));
    const lines = text.split("\n");
    const head = lines.findIndex((line) => line.startsWith("| word | cosine distance"));
    for (let i = 0; i < words.length + 2; i++) expect(cells(lines[head + i]!), lines[head + i]!).toHaveLength(5);
    expect(lines[head + words.length + 2]).toBe("");
  });

  it("fences a command that has fences in it", async () => {
    const { origin } = sampleRun();
    const text = await markdownOf(sampleRun({ origin: { ...origin, command: "x ```` y" } }));
    expect(text).toContain("`````sh\nx ```` y\n`````");
  });
});
