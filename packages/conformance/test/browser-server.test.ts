import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findServedPackages } from "../src/browser/served-packages-node.ts";
import { type StaticServer, startStaticServer } from "../src/browser/static-server-node.ts";

let place: string;
let server: StaticServer;

/** A request with the path exactly as given: fetch and URL would tidy it up. */
function get(path: string, options: { method?: string; host?: string } = {}) {
  const { port } = new URL(server.origin);
  const headers = options.host === undefined ? {} : { host: options.host };
  return new Promise<{ status: number; headers: Record<string, unknown>; body: string }>((resolve, reject) => {
    const asked = request({ host: "127.0.0.1", port, path, method: options.method ?? "GET", headers }, (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (text) => {
        body += text;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
    });
    asked.on("error", reject);
    asked.end();
  });
}

function addPackage(folder: string, manifest: object): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
}

beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), "thawline-server-"));
  mkdirSync(join(place, "served/deep"), { recursive: true });
  writeFileSync(join(place, "served/a.mjs"), "export const a = 1;");
  writeFileSync(join(place, "served/deep/b.wasm"), "\0asm");
  writeFileSync(join(place, "served/.env"), "secret");
  writeFileSync(join(place, "outside.js"), "secret");
  symlinkSync(join(place, "outside.js"), join(place, "served/link.js"));
  const texts = new Map([["/page.html", "<p>hello"]]);
  server = await startStaticServer(() => ({ texts, folders: new Map([["/files/", join(place, "served")]]) }));
});
afterAll(async () => {
  await server.close();
  rmSync(place, { recursive: true, force: true });
});

describe("server of the browser harness", () => {
  it("serves texts and files with their types, isolated from other origins", async () => {
    const page = await get("/page.html?again");
    expect(page).toMatchObject({ status: 200, body: "<p>hello" });
    expect(page.headers).toMatchObject({
      "content-type": "text/html; charset=utf-8",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-embedder-policy": "require-corp",
    });
    expect((await get("/files/a.mjs")).headers["content-type"]).toBe("text/javascript; charset=utf-8");
    expect((await get("/files/deep/b.wasm")).headers["content-type"]).toBe("application/wasm");
    expect(await get("/files/a.mjs", { method: "HEAD" })).toMatchObject({ status: 200, body: "" });
  });

  it.each([
    "/files/../outside.js",
    "/files/%2e%2e/outside.js",
    "/files/..%2foutside.js",
    "/files/deep/../../outside.js",
    "/files/..\\outside.js",
    "/files/..%5coutside.js",
    "/files/%00a.mjs",
    "/files/%zz",
    "//files/../outside.js",
  ])("refuses %s", async (path) => {
    const { status, body } = await get(path);
    expect(status).toBe(400);
    expect(body).not.toContain("secret");
  });

  it.each(["/files/link.js", "/files/.env", "/files/deep", "/files/none.js", "/files/", "/outside.js", "/"])(
    "does not serve %s",
    async (path) => {
      const { status, body } = await get(path);
      expect(status).toBe(404);
      expect(body).not.toContain("secret");
    },
  );

  it("answers only for its own name, and only to reading", async () => {
    expect((await get("/page.html", { host: "somewhere.example" })).status).toBe(421);
    expect((await get("/page.html", { method: "POST" })).status).toBe(405);
  });
});

describe("packages that a page gets", () => {
  it("are those that a module depends on, by the entries that browsers take", () => {
    const modules = join(place, "app/node_modules");
    addPackage(join(modules, "@x/backend"), {
      name: "@x/backend",
      version: "1.0.0",
      exports: { ".": { import: { types: "./i.d.ts", default: "./dist/i.js" } }, "./web": "./dist/w.js", "./*": "./*" },
      dependencies: { helper: "1" },
      peerDependencies: { "@tensorflow/tfjs": "4", absent: "1" },
    });
    addPackage(join(modules, "@x/backend/node_modules/helper"), { name: "helper", version: "2.0.0", main: "h.js" });
    addPackage(join(modules, "helper"), { name: "helper", version: "1.0.0", main: "old.js" });
    addPackage(join(modules, "@tensorflow/tfjs"), {
      name: "@tensorflow/tfjs",
      version: "4.0.0",
      main: "dist/node.js",
      dependencies: { argparse: "1", "@tensorflow/tfjs-core": "4" },
    });
    addPackage(join(modules, "argparse"), { name: "argparse", version: "1.0.0" });
    addPackage(join(modules, "@tensorflow/tfjs-core"), { name: "@tensorflow/tfjs-core", version: "4.0.0" });

    const { packages, imports } = findServedPackages(["@x/backend", "unknown"], [join(place, "app/src")]);

    expect([...packages.keys()]).toEqual(["@x/backend", "helper", "@tensorflow/tfjs", "@tensorflow/tfjs-core"]);
    expect(packages.get("helper")!.version).toBe("2.0.0");
    expect(imports).toMatchObject({
      "@x/backend": "/packages/@x/backend/dist/i.js",
      "@x/backend/web": "/packages/@x/backend/dist/w.js",
      helper: "/packages/helper/h.js",
      "@tensorflow/tfjs": "/packages/@tensorflow/tfjs/dist/tf.fesm.min.js",
      // One engine under both names.
      "@tensorflow/tfjs-core": "/packages/@tensorflow/tfjs/dist/tf.fesm.min.js",
    });
    expect(Object.keys(imports)).not.toContain("@x/backend/*");
  });
});
