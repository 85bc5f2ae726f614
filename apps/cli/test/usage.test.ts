import { mkdirSync, writeFileSync } from "node:fs";
import { oovStrategies, tokenizerNames } from "@thawline/text";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { oovNames, tokenizerFlagNames } from "../src/commands/fine-tune-flags.ts";
import { run } from "./support/run-command.ts";
import { createWorld, type World } from "./support/world.ts";

let world: World;
beforeAll(() => {
  world = createWorld();
});
afterAll(() => world.remove());

const commands = [
  "export",
  "demo",
  "drift",
  "finetune",
  "predict",
  "evaluate",
  "neighbors",
  "inspect",
  "convert",
  "policy",
  "backends",
  "conformance",
];

describe("help", () => {
  it.each(commands)("of %s has examples of that command", async (name) => {
    const ran = await run([name, "--help"]);
    expect(ran.code).toBe(0);
    expect(ran.stdout).toContain(`$ thawline ${name}`);
    expect(ran.stderr).toBe("");
  });

  it("lists every command, and none that is not built", async () => {
    const { stdout } = await run(["--help"]);
    for (const name of commands) expect(stdout).toMatch(new RegExp(`^ {2}${name}\\b`, "m"));
    for (const name of ["serve"]) {
      expect(stdout).not.toMatch(new RegExp(`^ {2}${name}\\b`, "m"));
    }
  });

  it("knows the names that the packages know", () => {
    expect(oovNames).toEqual([...oovStrategies, "subword"]);
    expect([...tokenizerFlagNames].sort()).toEqual([...tokenizerNames].sort());
  });
});

describe("what the command does not know", () => {
  const finetune = (...flags: string[]) =>
    run(["finetune", "--train", "t.tsv", "--vectors", "v", "--out", "o", ...flags]);

  it.each([
    [["--epoch", "3"], "--epochs"],
    [["--zzz"], "--"],
    [["--backend", "gpu"], '"cpu"'],
    [["--optimizer", "adan"], '"adam"'],
    [["--policy", "gradul"], '"gradual"'],
    [["--oov", "zeros"], '"zero"'],
    [["--tokenizer", "word"], '"words"'],
    [["--schedule", "onecycle"], '"one-cycle"'],
    [["--model-rows", "dat"], '"data"'],
    [["--epochs", "0"], "a whole number ≥ 1"],
    [["--lr", "fast"], "a number > 0"],
    [["--dropout", "1"], "below 1"],
    [["--head-options", "hidden"], "key=value"],
    [["--head", "cn"], '"cnn"'],
    [["--backend", "tfjs-webgl"], "runs in browsers: use it in a page, through @thawline/backend-tfjs-web"],
  ])("%j is answered with what is known: %s", async (flags, hint) => {
    const ran = await finetune(...flags);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain(hint);
    expect(ran.stdout).toBe("");
  });

  it.each([
    [["predikt"], "predict"],
    [["xyzzy"], "the nearest known is"],
    [["help", "predikt"], "unknown command 'predikt'; the nearest known is predict"],
    [["neighbors"], "vectors"],
    [[], ""],
  ])("the call %j exits with 2", async (argv, hint) => {
    const ran = await run(argv);
    expect(ran.code).toBe(2);
    expect(ran.stderr + ran.stdout).toContain(hint);
  });

  it.each([
    [["finetune", "--train", "x.tsv"], "--out"],
    [["finetune", "--out", "x"], "--train"],
    [["predict"], "--model"],
    [["evaluate", "--model", "m"], "--data"],
    [["conformance", "--fixtures", "f", "--report", "r"], "--report"],
  ])("%j says which flag is missing: %s", async (argv, flag) => {
    const ran = await run(argv);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain(flag);
  });

  it.each([
    [["--policy", "frozen", "--freeze-epochs", "2"], "--policy gradual"],
    [["--schedule", "plateau", "--warmup", "0.1"], "no warm-up"],
    [["--head-options", "hiden=3", "--head", "mlp"], "hidden"],
    [["--head-options", "dropout=0.1", "--dropout", "0.2"], "twice"],
    [["--head-options", "dimension=3"], "the vectors decide it"],
    [["--head-options", "type=mlp"], "--head names it"],
    [["--policy", "missing.json"], "policy file cannot be read"],
  ])("flags that do not go together or do not work: %j", async (flags, hint) => {
    const out = world.path("combined");
    const ran = await run(["finetune", "--vectors", world.vectors, "--train", world.train, "--out", out, ...flags]);
    expect(ran.stderr).toContain(hint);
    expect(ran.code).toBe(2);
  });

  it("prints the error as the one document with --json", async () => {
    const ran = await run(["evaluate", "--model", world.path("none"), "--data", world.test, "--json"]);
    expect(ran.code).toBe(1);
    expect(JSON.parse(ran.stdout).error.code).toBe("BAD_MODEL_FILE");
  });
});

describe("configuration file", () => {
  const folderWith = (name: string, file: string, content: string): string => {
    const folder = world.path(name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(`${folder}/${file}`, content);
    return folder;
  };
  const inputs = () => ({ vectors: world.vectors, train: world.train, dev: world.dev });
  const epochsOf = (stdout: string): number => JSON.parse(stdout).epochs.length;

  it.each([
    ["thawline.config.json", () => JSON.stringify({ ...inputs(), epochs: 2, headOptions: { hidden: 4 }, head: "mlp" })],
    [
      "thawline.config.yaml",
      () =>
        `${Object.entries(inputs())
          .map(([key, value]) => `${key}: ${value}`)
          .join("\n")}\nfinetune:\n  epochs: 2\n  head: mlp\n`,
    ],
    ["thawline.config.js", () => `module.exports = ${JSON.stringify({ ...inputs(), epochs: 2, head: "mlp" })};`],
  ])("%s stands for flags, which win over it", async (file, content) => {
    const cwd = folderWith(`config ${file}`, file, content());
    const ran = await run(["finetune", "--out", `${cwd}/run`, "--json"], { cwd });
    expect(ran.code, ran.stderr).toBe(0);
    expect(JSON.parse(ran.stdout).head).toBe("mlp");
    expect(epochsOf(ran.stdout)).toBe(2);
    const flag = await run(["finetune", "--out", `${cwd}/flag`, "--json", "--epochs", "1"], { cwd });
    expect(epochsOf(flag.stdout)).toBe(1);
  });

  /** A command that is quick. */
  const neighbors = (cwd: string): string[] => {
    writeFileSync(`${cwd}/vectors.txt`, "east 1 0\nnorth 0 1\n");
    return ["neighbors", `${cwd}/vectors.txt`, "east"];
  };

  it("serves other commands with the keys that they know", async () => {
    const cwd = folderWith("shared", "thawline.config.json", JSON.stringify({ epochs: 3, backend: "reference" }));
    expect((await run(neighbors(cwd), { cwd })).code).toBe(0);
  });

  it.each([
    ['{ "epoch": 3 }', 'unknown key "epoch"; did you mean "epochs"'],
    ['{ "finetune": { "learningrate": 1 } }', 'unknown key "learningrate"'],
    ['{ "epochs": "many" }', "a whole number ≥ 1"],
    ['{ "lowercase": "yes" }', "true or false"],
    ["{ epochs: ", "configuration file"],
    ["[1]", "expected an object"],
    ['{ "finetune": 5 }', '"finetune": expected an object of options'],
  ])("%s is an error", async (content, hint) => {
    const cwd = folderWith(`wrong ${hint}`, "thawline.config.json", content);
    const ran = await run(["finetune", "--train", "t.tsv", "--out", "o"], { cwd });
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain(hint);
  });

  it("is taken from --config, and not at all with --no-config", async () => {
    const cwd = folderWith("named", "thawline.config.json", '{ "epoch": 3 }');
    expect((await run(neighbors(cwd), { cwd })).code).toBe(2);
    expect((await run([...neighbors(cwd), "--no-config"], { cwd })).code).toBe(0);
    writeFileSync(`${cwd}/other.json`, '{ "json": true }');
    const ran = await run([...neighbors(cwd), "--config", "other.json"], { cwd });
    expect(JSON.parse(ran.stdout).words).toHaveLength(1);
  });
});
