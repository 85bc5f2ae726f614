import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { closeSync, existsSync, openSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundleCommand } from "./support/bundle-command.ts";
import { createWorld, type World } from "./support/world.ts";

let world: World;
let script: string;
beforeAll(async () => {
  world = createWorld();
  script = await bundleCommand();
}, 120_000);
afterAll(() => {
  world.remove();
  rmSync(dirname(script), { recursive: true, force: true });
});

/** Starts the command as a process of its own; `onText` sees its output as it comes. */
function start(argv: readonly string[], onText: (text: string, child: ChildProcess) => void = () => {}) {
  const child = spawn(process.execPath, [script, ...argv], { cwd: world.folder, env: { PATH: process.env.PATH } });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
    onText(String(chunk), child);
  });
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  const ended = new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
  return { child, ended };
}

const long = ["--epochs", "400", "--patience", "400", "--freeze-epochs", "2", "--batch-size", "1"];
const finetune = (out: string, ...flags: string[]) => [
  ...["finetune", "--vectors", world.vectors, "--train", world.train, "--dev", world.dev, "--out", out],
  ...flags,
];

describe("the command as a process", () => {
  it.each(["SIGINT", "SIGTERM"] as const)(
    "writes a checkpoint and exits with 130 on %s, and resumes",
    async (signal) => {
      const out = world.path(`stopped-${signal}`);
      let isSent = false;
      const { ended } = start(finetune(out, ...long), (text, child) => {
        if (isSent || !/^ +4 /m.test(text)) return;
        isSent = true;
        child.kill(signal);
      });
      const { code, stderr } = await ended;
      expect(code, stderr).toBe(130);
      expect(stderr).toContain(`thawline finetune --out ${out} --resume`);
      expect(readdirSync(`${out}/checkpoints`).length).toBeGreaterThan(0);
      expect(existsSync(`${out}/model`)).toBe(false);
      const lines = readFileSync(`${out}/metrics.ndjson`, "utf8").trimEnd().split("\n");
      expect(lines.length).toBeGreaterThanOrEqual(4);
      let isGoingOn = false;
      const again = start(["finetune", "--out", out, "--resume"], (text, child) => {
        if (isGoingOn || !new RegExp(`^ +${lines.length + 2} `, "m").test(text)) return;
        isGoingOn = true;
        child.kill(signal);
      });
      expect((await again.ended).code).toBe(130);
      expect(isGoingOn).toBe(true);
    },
    60_000,
  );

  it("gives exit codes, and talk on stderr alone", async () => {
    const help = await start(["--help"]).ended;
    expect([help.code, help.stderr]).toEqual([0, ""]);
    const usage = await start(["finetune", "--nonsense"]).ended;
    expect([usage.code, usage.stdout]).toEqual([2, ""]);
    const failure = await start(["evaluate", "--model", "none", "--data", "test.tsv"]).ended;
    expect([failure.code, failure.stdout]).toEqual([1, ""]);
    expect(failure.stderr).toMatch(/^error BAD_MODEL_FILE: none/);
  }, 60_000);

  it.runIf(existsSync("/dev/full"))("finishes a run whose stdout is full, and fails for what was lost", () => {
    const out = world.path("full-stdout");
    const full = openSync("/dev/full", "w");
    const { status, stderr } = spawnSync(process.execPath, [script, ...finetune(out, "--epochs", "2", "--json")], {
      cwd: world.folder,
      stdio: ["ignore", full, "pipe"],
      encoding: "utf8",
    });
    closeSync(full);
    expect(status).toBe(1);
    expect(stderr.match(/error OUTPUT_FAILED: cannot write to stdout/g)).toHaveLength(1);
    expect(JSON.parse(readFileSync(`${out}/run.json`, "utf8")).status).toBe("finished");
  });

  it("finishes a run whose reader goes away", async () => {
    const out = world.path("unread");
    const { child, ended } = start(finetune(out, "--epochs", "30", "--patience", "30"));
    child.stdout!.once("data", () => child.stdout!.destroy());
    expect((await ended).code).toBe(0);
    expect(JSON.parse(readFileSync(`${out}/run.json`, "utf8")).status).toBe("finished");
  }, 60_000);

  it("answers a slow pipe line by line, and ends quietly when its reader goes away", async () => {
    const out = world.path("model");
    expect((await start(finetune(out, "--epochs", "1")).ended).code).toBe(0);
    const answers: string[] = [];
    const { child, ended } = start(["predict", "--model", out, "-"], (text) => answers.push(text));
    const waitFor = async (count: number): Promise<void> => {
      while (answers.join("").split("\n").length - 1 < count) await new Promise((resolve) => setTimeout(resolve, 10));
    };
    child.stdin!.write("g1x g2x\n");
    await waitFor(1);
    child.stdin!.write("\nb1x\n");
    await waitFor(3);
    child.stdin!.end();
    expect((await ended).code).toBe(0);

    const piped = start(["predict", "--model", out, "-"]);
    piped.child.stdin!.on("error", () => {});
    piped.child.stdout!.once("data", () => piped.child.stdout!.destroy());
    const feed = setInterval(() => piped.child.stdin!.write("g1x b1x\n".repeat(500)), 5);
    const { code, stderr } = await piped.ended;
    clearInterval(feed);
    expect([code, stderr]).toEqual([0, ""]);
  }, 60_000);
});
