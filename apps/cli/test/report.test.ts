import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CompareDocument } from "../src/compare/document.ts";
import type { RunDocument } from "../src/run/document.ts";
import { run } from "./support/run-command.ts";
import { createWorld, type World } from "./support/world.ts";

let world: World;
beforeAll(() => {
  world = createWorld();
});
afterAll(() => world.remove());

const inputs = () => ["--vectors", world.vectors, "--train", world.train, "--dev", world.dev, "--test", world.test];
const short = ["--epochs", "4", "--freeze-epochs", "2", "--lr", "0.05"];

async function ran(args: readonly string[]): Promise<RunDocument> {
  const { code, stdout, stderr } = await run([...args, "--json", "--quiet"]);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout);
}

const read = (folder: string, name: string): string => readFileSync(join(folder, name), "utf8");

/** What a reader of the page sees. */
const visibleText = (html: string): string =>
  html
    .replace(/<style>[\s\S]*?<\/style>|<svg[\s\S]*?<\/svg>/g, " ")
    .replace(/<[^>]*>/g, " ")
    .replaceAll("&amp;", "&")
    .replace(/\s+/g, " ");

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

/** The words of the command that a report shows, as a shell would part them. */
function commandOf(markdown: string): string[] {
  const [, command] = /```sh\n([\s\S]*?)\n```/.exec(markdown)!;
  const words = command!.replaceAll("\\\n", " ").match(/'(?:[^']|'\\'')*'|[^\s']+/g)!;
  return words.map((each) => (each.startsWith("'") ? each.slice(1, -1).replaceAll("'\\''", "'") : each));
}

describe("the report of finetune", () => {
  it("has the figures of the document", async () => {
    const out = world.path("figures");
    const document = await ran(["finetune", ...inputs(), "--out", out, ...short]);
    expect(document.artifacts.report).toBe(join(out, "report.html"));
    const text = visibleText(read(out, "report.html"));
    const { metrics, phases, drift, verdict } = document;
    expect(text).toContain(verdict!.recommendation === "tuned" ? "Tuning helped" : "Keep the vectors frozen");
    for (const scores of [metrics.train!, metrics.test!, phases.frozen!.dev, phases.tuned!.test!]) {
      expect(text).toContain(percent(scores.accuracy));
      expect(text).toContain(`loss ${scores.loss.toFixed(4)}`);
    }
    for (const { epoch, phase, trainLoss, devLoss } of document.epochs)
      expect(text).toContain(`${epoch} ${phase} ${trainLoss.toFixed(4)} ${devLoss!.toFixed(4)}`);
    expect(text).toContain(`Words that moved ${drift!.movedRows} `);
    expect(text).toContain(percent(drift!.neighborOverlapAt10));
    const [farthest] = drift!.mostMoved;
    expect(text).toMatch(new RegExp(`nearest after ${farthest!.word} [\\d.]+ ${farthest!.count} `));
    const { frozenRows, inputs: hashes } = JSON.parse(read(out, "run.json"));
    expect(text).toContain(frozenRows.sha256Before);
    expect(text).toContain(hashes.vectors);
    expect(text).toContain("oov0");
  });

  it("stands in markdown too, with the same verdict", async () => {
    const out = world.path("markdown");
    await ran(["finetune", ...inputs(), "--out", out, ...short]);
    const [, heading] = /<h1>(.*?)<\/h1>/.exec(read(out, "report.html"))!;
    expect(read(out, "report.md").split("\n")[0]).toBe(`# ${heading}`);
  });

  it("is made again to the byte by the command that it shows", async () => {
    const out = world.path("it's again");
    const flags = ["--optimizer", "adagrad", "--batch-size", "16", "--no-lowercase", "--head", "mlp"];
    const options = ["--head-options", "hidden=5,activation=tanh", "--embedding-lr", "0.07", "--seed", "9"];
    await ran(["finetune", ...inputs(), "--out", out, ...short, ...flags, ...options]);
    const first = ["report.html", "report.md"].map((name) => read(out, name));
    const [program, ...command] = commandOf(first[1]!);
    expect(program).toBe("thawline");
    expect(command).toEqual(expect.arrayContaining(["--optimizer", "adagrad", "--seed", "9", "--no-lowercase"]));
    await ran([...command, "--force"]);
    expect(["report.html", "report.md"].map((name) => read(out, name))).toEqual(first);
  });

  it("shows no flag of a run with defaults but its inputs", async () => {
    const out = world.path("defaults");
    await ran(["finetune", ...inputs(), "--out", out]);
    expect(commandOf(read(out, "report.md"))).toEqual(["thawline", "finetune", ...inputs(), "--out", out]);
  });

  it("of a run on frozen vectors says that nothing moved", async () => {
    const out = world.path("frozen");
    await ran(["finetune", ...inputs(), "--out", out, "--epochs", "2", "--policy", "frozen"]);
    const text = visibleText(read(out, "report.html"));
    expect(text).toContain("The vectors stayed frozen");
    expect(text).toContain("No pre-trained vector moved");
  });

  it("tells what the drift guard did", async () => {
    const out = world.path("guard");
    const guard = ["--max-mean-cosine-distance", "0.0001", "--on-drift", "refreeze", "--policy", "full"];
    await ran(["finetune", ...inputs(), "--out", out, "--epochs", "2", "--lr", "0.05", ...guard]);
    const text = visibleText(read(out, "report.html"));
    expect(text).toContain("What the drift guard did");
    expect(text).toMatch(/refreeze mean cosine distance [\d.e-]+, limit 0\.0001/);
  });

  it("says where the data misleads: here dev is train", async () => {
    const out = world.path("leak");
    const splits = ["--train", world.train, "--dev", world.train];
    await ran(["finetune", "--vectors", world.vectors, ...splits, "--out", out, "--epochs", "2"]);
    expect(visibleText(read(out, "report.html"))).toMatch(/The data misleads\. .*240 rows of dev .*stand in train too/);
  });

  it("is left out with --no-report, and replaced with --force", async () => {
    const out = world.path("none");
    const document = await ran(["finetune", ...inputs(), "--out", out, ...short, "--no-report"]);
    expect(document.artifacts.report).toBeNull();
    expect(existsSync(join(out, "report.html"))).toBe(false);
    await ran(["finetune", ...inputs(), "--out", out, ...short, "--force"]);
    expect(existsSync(join(out, "report.html"))).toBe(true);
    await ran(["finetune", ...inputs(), "--out", out, ...short, "--force", "--no-report"]);
    expect(existsSync(join(out, "report.md"))).toBe(false);
  });

  it("survives words and labels that look like markup", async () => {
    const lines = Array.from({ length: 40 }, (_, i) => {
      const [label, own] = i % 2 === 0 ? ["<i>a</i>", "g1x g2x"] : ["b|b", "b1x b2x"];
      return `${label}\t${own} <script>x</script> &amp; n${i % 7}x\n`;
    });
    const train = world.write("markup.tsv", lines.join(""));
    const out = world.path("markup");
    await ran(["finetune", "--vectors", world.vectors, "--train", train, "--out", out, "--epochs", "2"]);
    const html = read(out, "report.html");
    expect(html).toContain("&lt;i&gt;a&lt;/i&gt;");
    expect(html).not.toMatch(/<script|<i>/);
  });
});

describe("the report of compare", () => {
  it("has the figures of the document, and the command that made it", async () => {
    const out = world.path("compared");
    const flags = ["--policies", "frozen,full", "--seeds", "2", "--sizes", "60", "--epochs", "2"];
    const { code, stdout, stderr } = await run(["compare", ...inputs(), "--out", out, ...flags, "--json", "--quiet"]);
    expect(code, stderr).toBe(0);
    const document: CompareDocument = JSON.parse(stdout);
    expect(document.artifacts.report).toBe(join(out, "report.html"));
    const text = visibleText(read(out, "report.html"));
    for (const { policy, dev, test } of document.arms) {
      const range = ([low, high]: readonly [number, number]): string =>
        `${(low * 100).toFixed(1)} to ${(high * 100).toFixed(1)} %`;
      const figures = [percent(dev.mean), range(dev.interval), percent(test!.mean), range(test!.interval)];
      expect(text).toContain(`${policy} 2 ${figures.join(" ")}`);
    }
    expect(text).toContain("60 ");
    expect(text).toContain(document.verdict.rule);
    const command = commandOf(read(out, "report.md"));
    expect(command.slice(0, 2)).toEqual(["thawline", "compare"]);
    expect(command).toEqual(expect.arrayContaining(["--policies", "frozen,full", "--seeds", "2", "--sizes", "60"]));
    const again = await run([...command.slice(1), "--resume", "--json", "--quiet"]);
    expect(again.code, again.stderr).toBe(0);
    // Not one run was made again: the command means the same options.
    expect(JSON.parse(again.stdout).timing.trainMs).toBe(0);
    expect(visibleText(read(out, "report.html"))).toBe(text);
  });
});
