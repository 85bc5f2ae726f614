import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "./support/run-command.ts";
import { createWorld, type World } from "./support/world.ts";

let world: World;
beforeAll(() => {
  world = createWorld();
});
afterAll(() => world.remove());

const flags = [
  "--epochs",
  "6",
  "--freeze-epochs",
  "2",
  "--batch-size",
  "4",
  "--word-dropout",
  "0.2",
  "--dropout",
  "0.2",
];
const command = (out: string, ...more: string[]) => [
  ...["finetune", "--vectors", world.vectors, "--train", world.train, "--dev", world.dev, "--out", out],
  ...flags,
  ...more,
];

const results = ["model/model.safetensors", "model/config.json", "vectors.txt", "delta.safetensors", "metrics.ndjson"];
const bytesOf = (out: string) => results.map((file) => readFileSync(`${out}/${file}`).toString("base64"));

/** Runs and asks for a stop once `when` is seen in the output. */
async function interrupted(out: string, when: RegExp) {
  const controller = new AbortController();
  return run(command(out), {
    signal: controller.signal,
    onText: (text) => {
      if (when.test(text)) controller.abort();
    },
  });
}

describe("--resume", () => {
  it.each([
    ["in the frozen phase", /^ +1 {2}frozen/],
    ["when the vectors begin to train", /Phase "tuned"/],
    ["in the tuned phase", /^ +4 {2}tuned/],
  ])("goes on to the bits of an uninterrupted run after a stop %s", async (name, when) => {
    const whole = world.path(`whole ${name}`);
    expect((await run(command(whole))).code).toBe(0);
    const out = world.path(`stopped ${name}`);
    const stopped = await interrupted(out, when);
    expect(stopped.code).toBe(130);
    expect(stopped.stderr).toContain("--resume");
    expect(readdirSync(`${out}/checkpoints`)).toHaveLength(1);
    expect(existsSync(`${out}/model`)).toBe(false);
    expect(JSON.parse(readFileSync(`${out}/run.json`, "utf8")).status).toBe("interrupted");
    const resumed = await run(["finetune", "--out", out, "--resume"]);
    expect(resumed.code, resumed.stderr).toBe(0);
    expect(bytesOf(out)).toEqual(bytesOf(whole));
    const [a, b] = [out, whole].map((folder) => JSON.parse(readFileSync(`${folder}/run.json`, "utf8")));
    expect(a.phases).toEqual(b.phases);
    expect(a.epochs).toEqual(b.epochs);
  });

  it("has nothing to go on from where the stop came before training", async () => {
    const out = world.path("early");
    const ran = await run(command(out), { signal: AbortSignal.abort() });
    expect(ran.code).toBe(130);
    expect(ran.stderr).toContain("nothing was written");
    expect(existsSync(out)).toBe(false);
  });

  it("leaves nothing half-written when stopped", async () => {
    const out = world.path("clean");
    await interrupted(out, /^ +3 {2}/);
    expect(readdirSync(out).sort()).toEqual(["checkpoints", "metrics.ndjson", "run.json"]);
    expect(readdirSync(`${out}/checkpoints`).every((name) => /^step-\d+\.safetensors$/.test(name))).toBe(true);
  });

  it("takes the same command again, but no other options", async () => {
    const out = world.path("options");
    await interrupted(out, /^ +2 {2}/);
    const other = await run(command(out, "--resume", "--lr", "0.5"));
    expect(other.code).toBe(2);
    expect(other.stderr).toContain("lr was 0.01, now 0.5");
    expect((await run(command(out, "--resume"))).code).toBe(0);
    const again = await run(command(out, "--resume"));
    expect(again.code).toBe(2);
    expect(again.stderr).toContain("finished");
  });

  it("refuses other data", async () => {
    const out = world.path("data");
    const train = world.write("growing.tsv", readFileSync(world.train));
    const controller = new AbortController();
    await run(command(out, "--train", train), {
      signal: controller.signal,
      onText: (text) => {
        if (/^ +2 {2}/.test(text)) controller.abort();
      },
    });
    appendFileSync(train, "pos\tg1x g2x\n");
    const ran = await run(["finetune", "--out", out, "--resume"]);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain("train changed since");
  });

  it("refuses a folder without a run, and a damaged checkpoint", async () => {
    const empty = await run(command(world.path("nothing"), "--resume"));
    expect(empty.code).toBe(2);
    expect(empty.stderr).toContain("no run to resume");
    expect(existsSync(world.path("nothing"))).toBe(false);
    const out = world.path("damaged");
    await interrupted(out, /^ +2 {2}/);
    const [name] = readdirSync(`${out}/checkpoints`);
    const bytes = readFileSync(`${out}/checkpoints/${name}`);
    writeFileSync(`${out}/checkpoints/${name}`, bytes.subarray(0, bytes.length - 100));
    const damaged = await run(["finetune", "--out", out, "--resume"]);
    expect(damaged.code).toBe(1);
    expect(damaged.stderr).toContain(name);
  });
});
