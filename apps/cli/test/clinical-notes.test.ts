import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { run } from "./support/run-command.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const argv = [
  ...["align", "--vectors", `${root}test-fixtures/glove-sample.safetensors`],
  ...["--data", `${root}test-fixtures/clinical-notes/train.tsv`],
];

describe("the worked example of docs/alignment.md, clinical notes against general-purpose vectors", () => {
  it("prints what the page shows", async () => {
    const page = readFileSync(`${root}docs/alignment.md`, "utf8");
    const shown = page.match(/\n```\n(test-fixtures\/glove-sample[\s\S]*?)\n```\n/)?.[1];
    const ran = await run([...argv, "--dev", `${root}test-fixtures/clinical-notes/dev.tsv`]);
    expect(ran.code).toBe(0);
    expect(ran.stdout.replaceAll(root, "").trimEnd()).toBe(shown);
  });

  it("names drug names and clinical terms that speak for a department and have no vector", async () => {
    const { stdout } = await run([...argv, "--json"]);
    const { labelIndicativeMissing } = JSON.parse(stdout);
    const labelOf = new Map(
      labelIndicativeMissing.map(({ word, label }: { word: string; label: string }) => [word, label]),
    );
    // Which drug belongs to which department: the lists in make_notes.py.
    const drugs = {
      metformin: "endocrinology",
      empagliflozin: "endocrinology",
      furosemide: "cardiology",
      apixaban: "cardiology",
      linezolid: "infectiology",
      "amoxicillin-clavulanate": "infectiology",
      escitalopram: "psychiatry",
      quetiapine: "psychiatry",
    };
    for (const [drug, department] of Object.entries(drugs)) expect(labelOf.get(drug), drug).toBe(department);
    const lines = readFileSync(`${root}test-fixtures/clinical-notes/train.tsv`, "utf8").trimEnd().split("\n");
    const has = lines.filter((line) => line.includes("metformin"));
    expect(has.every((line) => line.startsWith("endocrinology\t"))).toBe(true);
  });

  it("fails the gate that the page names", async () => {
    const ran = await run([...argv, "--min-coverage", "0.8"]);
    expect(ran.code).toBe(3);
    expect(ran.stderr).toMatch(/65\.1 %.*80\.0 %: FAILED/);
  });
});
