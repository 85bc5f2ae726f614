import { spawnSync } from "node:child_process";
import { chmodSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { repositoryRoot } from "./lib/workspace.mjs";
import { cacheFolder, firstThatWorks, mayReach } from "./provision-tools.mjs";
import { temporaryTree } from "./test/temporary-tree.mjs";

const run = (names, env) =>
  spawnSync(process.execPath, ["scripts/provision.mjs", ...names], {
    cwd: repositoryRoot,
    env: { ...process.env, ...env },
    encoding: "utf8",
  });

describe("provision", () => {
  it("asks for names that it knows", () => {
    for (const names of [[], ["firefox"], ["chromium", "toString"]]) {
      const { status, stderr } = run(names);
      expect(status).toBe(2);
      expect(stderr).toContain("usage: node scripts/provision.mjs [tfjs-node] [chromium]");
    }
  });

  it.skipIf(process.platform === "win32")("takes the browser that CHROMIUM_PATH names", () => {
    const path = join(temporaryTree({ chromium: "#!/bin/sh\necho Chromium 1.2.3\n" }), "chromium");
    chmodSync(path, 0o755);
    const { status, stdout } = run(["chromium"], { CHROMIUM_PATH: path });
    expect(JSON.parse(stdout)).toEqual({ chromium: { path, version: "Chromium 1.2.3", source: "CHROMIUM_PATH" } });
    expect(status).toBe(0);
  });

  it("fails loudly where it cannot do what was asked", () => {
    const { status, stdout, stderr } = run(["chromium"], { CHROMIUM_PATH: "/no/such/browser" });
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toEqual({});
    expect(stderr).toMatch(/FAILED chromium: .*\/no\/such\/browser/);
  });
});

describe("cacheFolder", () => {
  it("is outside of node_modules, and can be chosen", () => {
    expect(cacheFolder({ THAWLINE_CACHE: "/mine" }, "linux")).toBe("/mine");
    expect(cacheFolder({ XDG_CACHE_HOME: "/cache" }, "linux")).toBe(join("/cache", "thawline"));
    expect(cacheFolder({ LOCALAPPDATA: "/local" }, "win32")).toBe(join("/local", "thawline", "cache"));
    expect(cacheFolder({}, "linux")).toMatch(/\.cache.thawline$/);
  });
});

describe("mayReach", () => {
  it("tells a host that answers from one that does not", async () => {
    const server = createServer();
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => server.close());
    const { port } = server.address();
    expect(await mayReach(`https://127.0.0.1:${port}`, { env: {} })).toBe(true);
    expect(await mayReach("https://host.invalid", { env: {} })).toBe(false);
    expect(await mayReach("https://host.invalid", { env: { HTTPS_PROXY: "http://proxy" } })).toBe(true);
  });
});

describe("firstThatWorks", () => {
  it("stops at the first success, and otherwise says everything that was tried", async () => {
    const good = { name: "good", run: async () => 1 };
    const bad = (name) => ({
      name,
      run: async () => {
        throw new Error(`${name} is broken`);
      },
    });
    const said = [];
    const say = (text) => said.push(text);
    expect(await firstThatWorks([bad("a"), good, bad("b")], say)).toBe(1);
    expect(said).toEqual(["trying a", "a failed", "trying good"]);
    await expect(firstThatWorks([bad("a"), bad("b")], say)).rejects.toThrow(/a is broken[\s\S]*b is broken/);
  });
});
