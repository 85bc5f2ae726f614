import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "./support/run-command.ts";
import { createWorld, type World } from "./support/world.ts";

let world: World;
beforeAll(() => {
  world = createWorld();
});
afterAll(() => world.remove());

const train = (out: string, ...flags: string[]) =>
  run([
    ...["finetune", "--vectors", world.vectors, "--train", world.train, "--dev", world.dev, "--out", out, "--json"],
    ...["--backend", "cpu", "--lr", "0.01", "--policy", "full", ...flags],
  ]);

const heads = [
  ["cnn", "widths=1+2,maps=8,dropout=0.2", { widths: [1, 2], maps: 8, dropout: 0.2, pool: "valid" }],
  ["attention", "hidden=6", { hidden: 6, dropout: 0 }],
] as const;

describe.each(heads)("--head %s", { timeout: 60_000 }, (head, options, stored) => {
  it("goes through finetune, predict, evaluate and --from-model", async () => {
    const out = world.path(head);
    const ran = await train(out, "--head", head, "--head-options", options, "--epochs", "6");
    expect(ran.code, ran.stderr).toBe(0);
    const document = JSON.parse(ran.stdout);
    expect(document).toMatchObject({ head, backend: "cpu" });
    expect(document.metrics.dev.accuracy).toBeGreaterThan(0.8);
    expect(document.drift.movedRows).toBeGreaterThan(20);
    const config = JSON.parse(readFileSync(`${out}/model/config.json`, "utf8"));
    expect(config.head).toMatchObject({ type: head, ...stored });
    expect(readFileSync(`${out}/model/README.md`, "utf8")).toContain(`A ${head} head on the sequence of word vectors`);
    expect(ran.stderr).toContain("the first 256 tokens of a text");

    const lines = world.write("lines.txt", "g1x g2x g3x\n\nb1x b2x n1x b3x\n");
    const predicted = await run(["predict", "--model", out, lines]);
    expect(predicted.stdout.split("\n").map((line) => line.split("\t")[0])).toMatchObject({ 0: "pos", 2: "neg" });
    const evaluated = await run(["evaluate", "--model", out, "--data", world.dev, "--backend", "cpu", "--json"]);
    expect(JSON.parse(evaluated.stdout).metrics.accuracy).toBe(document.metrics.dev.accuracy);

    const more = await run([
      ...["finetune", "--from-model", out, "--train", world.train, "--dev", world.dev, "--json"],
      ...["--out", world.path(`${head} more`), "--epochs", "1", "--backend", "cpu"],
    ]);
    expect(more.code, more.stderr).toBe(0);
    expect(JSON.parse(more.stdout)).toMatchObject({ head });
    expect(JSON.parse(more.stdout).metrics.dev.accuracy).toBeGreaterThan(0.8);
  });

  it("reads no more than --max-length tokens, in training and in prediction", async () => {
    const out = world.path(`${head} short`);
    const flags = ["--head", head, "--head-options", options, "--epochs", "2", "--max-length", "3"];
    const ran = await train(out, ...flags);
    expect(ran.code, ran.stderr).toBe(0);
    const lines = world.write("short.txt", "g1x g2x g3x\ng1x g2x g3x b1x b2x b3x b4x b5x\n");
    const [short, long] = (await run(["predict", "--model", out, "--json", lines])).stdout.trim().split("\n");
    expect(JSON.parse(short!).probability).toBe(JSON.parse(long!).probability);
  });

  it("goes on after a stop to the bits of an uninterrupted run", async () => {
    const flags = ["--head", head, "--head-options", options, "--epochs", "3"];
    await train(world.path(`${head} whole`), ...flags);
    const controller = new AbortController();
    const out = world.path(`${head} stopped`);
    const stopped = await run(
      [
        ...["finetune", "--vectors", world.vectors, "--train", world.train, "--dev", world.dev, "--out", out],
        ...["--backend", "cpu", "--lr", "0.01", "--policy", "full", ...flags],
      ],
      {
        signal: controller.signal,
        onText: (text) => {
          if (/^ +1 {2}/.test(text)) controller.abort();
        },
      },
    );
    expect(stopped.code).toBe(130);
    expect((await run(["finetune", "--out", out, "--resume"])).code).toBe(0);
    const weights = (folder: string) =>
      readFileSync(world.path(`${folder}/model/model.safetensors`)).toString("base64");
    expect(weights(`${head} stopped`)).toBe(weights(`${head} whole`));
  });
});

describe("options of the heads on positions", () => {
  it("take one width, a list in a configuration file, and no dropout", async () => {
    const one = await train(
      world.path("one"),
      ...["--head", "cnn", "--head-options", "widths=2,maps=4"],
      "--epochs",
      "1",
    );
    expect(one.code, one.stderr).toBe(0);
    const config = JSON.stringify({ head: "cnn", headOptions: { widths: [1, 3], maps: 4 }, dropout: 0, epochs: 1 });
    const file = world.write("cnn.json", config);
    const listed = await train(world.path("listed"), "--config", file);
    expect(listed.code, listed.stderr).toBe(0);
    const { head } = JSON.parse(readFileSync(world.path("listed/model/config.json"), "utf8"));
    expect(head).toMatchObject({ widths: [1, 3], dropout: 0 });
  });

  it("are refused where they are wrong", async () => {
    const ran = await train(world.path("wrong"), "--head", "cnn", "--head-options", "widht=3");
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain('did you mean "widths"');
  });
});

describe("--backend auto", () => {
  it("is told, recorded, and kept by --resume", { timeout: 60_000 }, async () => {
    const out = world.path("auto");
    const controller = new AbortController();
    const inputs = ["--vectors", world.vectors, "--train", world.train, "--dev", world.dev, "--out", out];
    const stopped = await run(["finetune", ...inputs, "--epochs", "3"], {
      signal: controller.signal,
      onText: (text) => {
        if (/^ +1 {2}/.test(text)) controller.abort();
      },
    });
    expect(stopped.stderr).toMatch(/^Backend {2}cpu: .*linear head/m);
    const { resolved } = JSON.parse(readFileSync(`${out}/run.json`, "utf8"));
    expect(resolved).toMatchObject({ backend: "cpu", backendReason: expect.stringContaining("linear") });
    const resumed = await run(["finetune", "--out", out, "--resume"]);
    expect(resumed.code, resumed.stderr).toBe(0);
    expect(resumed.stderr).toContain("Backend  cpu: what auto picked as the run began");
  });
});
