import { readFileSync } from "node:fs";
import { type EpochRecord, policyNames } from "@thawline/core";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "./support/run-command.ts";
import { createWorld, readGlove, type World } from "./support/world.ts";

let world: World;
beforeAll(() => {
  world = createWorld();
});
afterAll(() => world.remove());

const command = (out: string, ...flags: string[]) => [
  ...["finetune", "--vectors", world.vectors, "--train", world.train, "--dev", world.dev, "--out", world.path(out)],
  ...["--backend", "cpu", "--no-report", ...flags],
];

async function finetune(out: string, ...flags: string[]) {
  const ran = await run(command(out, "--json", ...flags));
  expect(ran.code, ran.stderr).toBe(0);
  return { document: JSON.parse(ran.stdout), stderr: ran.stderr, out: world.path(out) };
}

const recordOf = (out: string) => JSON.parse(readFileSync(`${out}/run.json`, "utf8"));

describe("--policy", () => {
  it.each(policyNames)("%s runs, and rows that it never let move are proved to have stayed", async (policy) => {
    const { document, out } = await finetune(`preset ${policy}`, "--policy", policy, "--epochs", "3", "--head", "mlp");
    expect(document.policy).toBe(policy);
    expect(document.drift.frozenRowsBitIdentical).toBe(true);
    const record = recordOf(out);
    expect(record.resolved.policy.name).toBe(policy);
    if (policy === "ulmfit" || policy === "chain-thaw") {
      const groups = record.resolved.policy.phases.flatMap((phase: object) =>
        Object.keys((phase as { learningRates: object }).learningRates),
      );
      expect(new Set(groups)).toEqual(new Set(["embeddings", "head.hidden", "head.output"]));
    }
  });

  it("takes --freeze-epochs for the phases of chain-thaw", async () => {
    const { document } = await finetune(
      "thawed",
      ...["--policy", "chain-thaw", "--freeze-epochs", "1", "--epochs", "4"],
    );
    expect(document.epochs.map(({ phase }: EpochRecord) => phase)).toEqual([
      "new layers",
      "only embeddings",
      "only head.output",
      "all layers",
    ]);
  });

  it("from a file reads words, patterns, ranks, labels and drift", async () => {
    const rules = {
      kind: "and",
      rules: [
        { kind: "pattern", pattern: "^[gb]" },
        { kind: "not", rule: { kind: "words", words: ["g1x", "b2x"] } },
        { kind: "rank", to: 60 },
        { kind: "class-indicative", statistic: "log-odds", threshold: 0 },
        { kind: "drift", figure: "cosineDistance", below: 0.5 },
      ],
    };
    const file = world.write("mine.json", JSON.stringify({ phases: [{ rows: rules }] }));
    const { document, out } = await finetune("mine", "--policy", file, "--epochs", "2");
    expect(document.policy).toBe("custom");
    const before = readGlove(world.vectors);
    const after = readGlove(`${out}/vectors.txt`);
    const moved = [...before.keys()].filter((word) => `${before.get(word)}` !== `${after.get(word)}`);
    expect(moved.length).toBeGreaterThan(10);
    expect(moved.every((word) => /^[gb]/.test(word) && word !== "g1x" && word !== "b2x")).toBe(true);
    // Rows of which it is certain that no drift lets them move are in the proof.
    expect(recordOf(out).frozenRows).toMatchObject({ bitIdentical: true, count: expect.any(Number) });
    expect(recordOf(out).frozenRows.count).toBeGreaterThan(50);
  });

  it.each([
    [
      '{ "phases": [ { "rows": { "kind": "rang", "to": 3 } } ] }',
      '$.phases[0].rows: unknown kind "rang"; did you mean "rank"?',
    ],
    ['{ "phases": [ { "learningRate": {} } ] }', 'unknown key "learningRate"; did you mean "learningRates"?'],
    ['{ "phases": [ { "learningRates": { "heads": 0 } } ] }', 'there is no group "heads"'],
  ])("from a file with a fault says where: %s", async (json, message) => {
    const file = world.write("wrong.json", json);
    const ran = await run(command("wrong", "--policy", file));
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain(message);
  });

  it("refuses --freeze-epochs where nothing is unfrozen", async () => {
    const ran = await run(command("no", "--policy", "only-new", "--freeze-epochs", "2"));
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain("--freeze-epochs belongs to --policy gradual");
  });
});

describe("thawline policy", () => {
  it("prints presets that its schema accepts and finetune takes", async () => {
    const { stdout: schema } = await run(["policy", "--schema"]);
    const accepts = new Ajv2020({ strict: true, strictRequired: false }).compile(JSON.parse(schema));
    const { stdout: list } = await run(["policy"]);
    expect(list.trim().split("\n")).toEqual(policyNames);
    for (const name of policyNames) {
      const { stdout, code } = await run(["policy", name, "--head", "cnn"]);
      expect(code).toBe(0);
      expect(accepts(JSON.parse(stdout))).toBe(true);
    }
    const { stdout } = await run(["policy", "band-by-band"]);
    const { document } = await finetune("printed", "--policy", world.write("printed.json", stdout), "--epochs", "1");
    expect(document.policy).toBe("band-by-band");
  });

  it.each([
    [["policy", "chainthaw"], '"chain-thaw"'],
    [["policy", "full", "--schema"], "--schema"],
  ])("refuses %j", async (argv, message) => {
    const ran = await run(argv);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain(message);
  });
});

describe("--max-mean-cosine-distance", () => {
  const limit = 0.001;
  const tuned = ["--policy", "full", "--epochs", "5", "--embedding-lr", "0.02", "--patience", "9"];
  const budget = (action: string) => ["--max-mean-cosine-distance", String(limit), "--on-drift", action];

  it("is exceeded without it", async () => {
    const { document } = await finetune("free", ...tuned);
    const distances = document.epochs.map(({ meanCosineDistance }: EpochRecord) => meanCosineDistance);
    expect(Math.min(...distances)).toBeGreaterThan(limit);
    expect(document.epochs.some(({ guard }: EpochRecord) => guard !== undefined)).toBe(false);
  });

  it.each(["refreeze", "slow", "rollback", "stop"])(
    "holds in every record and in the result with --on-drift %s, and says what was done",
    async (action) => {
      const { document, stderr, out } = await finetune(`held ${action}`, ...tuned, ...budget(action));
      const epochs: EpochRecord[] = document.epochs;
      for (const { meanCosineDistance } of epochs) expect(meanCosineDistance).toBeLessThanOrEqual(limit);
      expect(document.drift.meanCosineDistance).toBeLessThanOrEqual(limit);
      const events = epochs.flatMap(({ guard = [] }) => guard);
      expect(events.length).toBeGreaterThan(0);
      for (const event of events) expect(event).toMatchObject({ action, figure: "meanCosineDistance", limit });
      expect(stderr).toContain(`Drift guard, step ${events[0]!.step}: meanCosineDistance`);
      const logged = readFileSync(`${out}/metrics.ndjson`, "utf8").trim().split("\n");
      expect(logged.flatMap((line) => JSON.parse(line).guard ?? [])).toEqual(JSON.parse(JSON.stringify(events)));
      expect(recordOf(out).config).toMatchObject({ maxMeanCosineDistance: limit, onDrift: action });
    },
  );

  it("only warns with --on-drift warn", async () => {
    const { document, stderr } = await finetune("warned", ...tuned, ...budget("warn"));
    const { document: free } = await finetune("free too", ...tuned);
    expect(stderr).toContain("nothing is done about it");
    expect(document.drift.meanCosineDistance).toBe(free.drift.meanCosineDistance);
  });

  it("goes on to the same bits after an interruption", async () => {
    const flags = [...tuned, ...budget("refreeze")];
    const whole = await finetune("guarded whole", ...flags);
    const controller = new AbortController();
    const stopped = await run(command("guarded", ...flags), {
      signal: controller.signal,
      onText: (text) => {
        if (text.includes("Drift guard")) controller.abort();
      },
    });
    expect(stopped.code).toBe(130);
    const resumed = await run(["finetune", "--out", world.path("guarded"), "--resume", "--json"]);
    expect(resumed.code, resumed.stderr).toBe(0);
    for (const file of ["metrics.ndjson", "vectors.txt", "model/model.safetensors"]) {
      expect(readFileSync(`${world.path("guarded")}/${file}`, "base64")).toBe(
        readFileSync(`${whole.out}/${file}`, "base64"),
      );
    }
  });

  it("defaults to refreeze; --on-drift alone is an error", async () => {
    const { out } = await finetune("default", ...tuned, "--max-mean-cosine-distance", "0.001");
    expect(recordOf(out).config.onDrift).toBe("refreeze");
    const ran = await run(command("alone", "--on-drift", "stop"));
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain("--max-mean-cosine-distance");
    expect((await run(command("typo", ...budget("refreze")))).stderr).toContain('"refreeze"');
  });
});
