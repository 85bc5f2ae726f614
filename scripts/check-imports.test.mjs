import { describe, expect, it } from "vitest";
import { checkImports } from "./check-imports.mjs";
import { importTable } from "./import-table.mjs";
import { findCycles } from "./lib/cycles.mjs";
import { temporaryTree } from "./test/temporary-tree.mjs";

const manifest = (name, more = {}) => ({ name: `@thawline/${name}`, version: "0.1.0", ...more });

/** A correct small workspace, with files added or replaced; returns the problems found. */
function problemsWith(files) {
  return checkImports(
    temporaryTree({
      "package.json": { name: "root", devDependencies: { vitest: "1.0.0" } },
      "packages/core/package.json": manifest("core"),
      "packages/core/src/index.ts": 'export { one } from "./one.ts";\n',
      "packages/core/src/one.ts": "export const one: Float32Array = new Float32Array(1);\n",
      "packages/core/src/one.test.ts":
        'import { readFileSync } from "node:fs";\nimport { it } from "vitest";\nit("", () => void readFileSync(process.argv[1]!));\n',
      "packages/vectors/package.json": manifest("vectors", { dependencies: { "@thawline/core": "0.1.0" } }),
      "packages/vectors/src/index.ts":
        'import { one } from "@thawline/core";\nexport const text = new TextDecoder().decode(new Uint8Array(one));\n',
      "packages/vectors/src/node.ts":
        'import { open } from "node:fs/promises";\nexport const read = () => open(process.argv[1]!);\n',
      "packages/heads/package.json": manifest("heads", { dependencies: { "@thawline/core": "0.1.0" } }),
      "packages/heads/src/index.ts": "export {};\n",
      "packages/backend-cpu/package.json": manifest("backend-cpu", { dependencies: { "@thawline/core": "0.1.0" } }),
      "packages/backend-cpu/src/index.ts": "export {};\n",
      ...files,
    }),
  ).problems;
}

describe("checkImports", () => {
  it("accepts a correct workspace", () => {
    expect(problemsWith({})).toEqual([]);
  });

  it("fails on an empty tree", () => {
    expect(checkImports(temporaryTree({ "package.json": "{}" })).problems).toHaveLength(1);
  });

  it.each([
    ["static import", 'import { x } from "@thawline/heads";\nexport const y = x;\n'],
    ["type import", 'import type { X } from "@thawline/heads";\nexport type Y = X;\n'],
    ["inline type", 'export type Y = import("@thawline/heads").X;\n'],
    ["re-export", 'export * from "@thawline/heads";\n'],
    ["dynamic import", 'export const load = () => import("@thawline/heads");\n'],
    ["require", 'declare const require: any;\nexport const heads = require("@thawline/heads");\n'],
    ["subpath", 'export * from "@thawline/heads/losses";\n'],
  ])("fails on a %s outside the table, with file and line", (_, text) => {
    const problems = problemsWith({
      "packages/vectors/package.json": manifest("vectors", {
        dependencies: { "@thawline/core": "0.1.0" },
        devDependencies: { "@thawline/heads": "0.1.0" },
      }),
      "packages/vectors/src/extra.ts": text,
    });
    expect(problems).toEqual([
      expect.stringMatching(
        /^packages.vectors.src.extra\.ts:\d: may not import @thawline\/heads: vectors imports core$/,
      ),
    ]);
  });

  it("fails on a declared dependency outside the table, even if nothing imports it", () => {
    const dependencies = { "@thawline/core": "0.1.0", "@thawline/vectors": "0.1.0" };
    expect(problemsWith({ "packages/heads/package.json": manifest("heads", { dependencies }) })).toEqual([
      "packages/heads/package.json: depends on @thawline/vectors, which the import table does not allow",
    ]);
  });

  it("fails on an undeclared dependency, of ours or of others", () => {
    const problems = problemsWith({
      "packages/text/package.json": manifest("text"),
      "packages/text/src/index.ts": 'import "@thawline/core";\nimport { parse } from "csv-parse/sync";\nparse("");\n',
    });
    expect(problems).toHaveLength(2);
    expect(problems[0]).toContain("imports @thawline/core, which is not in the dependencies of packages/text");
    expect(problems[1]).toContain("imports csv-parse, which is not in the dependencies");
  });

  it("follows the manifest's own aliases", () => {
    const textWith = (more) =>
      problemsWith({
        "packages/text/package.json": manifest("text", more),
        "packages/text/src/index.ts": 'import { parse } from "#csv";\nparse("");\n',
      });
    const imports = { "#csv": { node: "csv-parse/sync", default: "csv-parse/browser" } };
    expect(textWith({ imports, dependencies: { "csv-parse": "7.0.3" } })).toEqual([]);
    expect(textWith({ imports })).toHaveLength(2);
    expect(textWith({})).toEqual([expect.stringContaining("imports #csv, which is not in the imports of")]);
  });

  it("lets only tests import development dependencies", () => {
    const withImport = (file) => problemsWith({ [file]: 'import { it } from "vitest";\nit("", () => {});\n' });
    expect(withImport("packages/heads/src/a.test.ts")).toEqual([]);
    expect(withImport("packages/heads/test/a.ts")).toEqual([]);
    expect(withImport("packages/heads/src/a.ts")).toEqual([expect.stringContaining("imports vitest")]);
  });

  it("lets a backend's tests import another backend, and no other package's tests", () => {
    const imports = 'import "@thawline/backend-cpu";\n';
    const devDependencies = { "@thawline/backend-cpu": "0.1.0" };
    const dependencies = { "@thawline/core": "0.1.0" };
    expect(
      problemsWith({
        "packages/backend-reference/package.json": manifest("backend-reference", { dependencies, devDependencies }),
        "packages/backend-reference/src/a.test.ts": imports,
      }),
    ).toEqual([]);
    expect(
      problemsWith({
        "packages/heads/package.json": manifest("heads", { dependencies, devDependencies }),
        "packages/heads/src/a.test.ts": imports,
      }),
    ).toEqual([
      "packages/heads/package.json: only apps and a backend's own tests may depend on @thawline/backend-cpu",
      expect.stringContaining("only apps and a backend's own tests import a backend"),
    ]);
  });

  it("fails on a Node built-in outside node.ts and *-node.ts, with or without the node: prefix", () => {
    const builtin = (file, name) => problemsWith({ [file]: `import * as fs from "${name}";\nexport const f = fs;\n` });
    expect(builtin("packages/vectors/src/read-node.ts", "node:fs")).toEqual([]);
    expect(builtin("packages/vectors/src/read.ts", "node:fs")).toEqual([expect.stringContaining("node:fs outside")]);
    expect(builtin("packages/vectors/src/read.ts", "fs/promises")).toEqual([expect.stringContaining("fs/promises")]);
    expect(builtin("packages/core/src/node.ts", "node:fs")).toEqual([expect.stringContaining("node:fs outside")]);
  });

  it("fails where a portable file imports a Node-only one", () => {
    const problems = problemsWith({ "packages/vectors/src/bad.ts": 'export { read } from "./node.ts";\n' });
    expect(problems).toEqual([expect.stringContaining("imports ./node.ts, which runs in Node only")]);
  });

  it.each(["process", "Buffer", "window", "document", "performance", "console", "setTimeout", "TextDecoder"])(
    "fails on the global %s in core",
    (name) => {
      const problems = problemsWith({ "packages/core/src/bad.ts": `export const found = ${name};\n` });
      expect(problems).toEqual([expect.stringContaining(`bad.ts:1: global "${name}" is not part of es2022`)]);
    },
  );

  it("fails on a foreign global type and on a property of globalThis in core", () => {
    const text = "export type Signal = AbortSignal;\nexport const found = globalThis.process;\n";
    expect(problemsWith({ "packages/core/src/bad.ts": text })).toHaveLength(2);
  });

  it("fails on a global of one platform only in a portable package", () => {
    const text = "export const found = [process, Buffer, window, document];\n";
    expect(problemsWith({ "packages/vectors/src/bad.ts": text })).toHaveLength(4);
  });

  it("does not take a local name for a global", () => {
    const text = "export function run(process: { window: number }): number {\n  return process.window;\n}\n";
    expect(problemsWith({ "packages/core/src/fine.ts": text })).toEqual([]);
  });

  it("fails on files that load each other, and lets types refer to each other", () => {
    const cycle = (first) =>
      problemsWith({
        "packages/core/src/a.ts": `${first}\nexport const a = 1;\n`,
        "packages/core/src/b.ts": 'import { a } from "./a.ts";\nexport const b = a;\nexport type B = number;\n',
      });
    const found = [expect.stringMatching(/^cyclic imports: .*a\.ts -> .*b\.ts -> .*a\.ts$/)];
    expect(cycle('import { b } from "./b.ts";\nexport const c = b;')).toEqual(found);
    expect(cycle('export { b } from "./b.ts";')).toEqual(found);
    expect(cycle('export const load = () => import("./b.ts");')).toEqual(found);
    expect(cycle('import { type B } from "./b.ts";\nexport type C = B;')).toEqual(found);
    expect(cycle('import type { B } from "./b.ts";\nexport type C = B;')).toEqual([]);
    expect(cycle('export type { B } from "./b.ts";')).toEqual([]);
    expect(cycle('export type C = import("./b.ts").B;')).toEqual([]);
  });

  it("fails on a relative path to another package's sources, in tests too", () => {
    const text = 'export * from "../../core/src/one.ts";\n';
    expect(problemsWith({ "packages/vectors/src/bad.ts": text })).toHaveLength(1);
    expect(problemsWith({ "packages/vectors/src/bad.test.ts": text })).toHaveLength(1);
  });

  it("lets tests share fixtures, and the test folder of a package that they may import", () => {
    const testOf = (key, specifier) =>
      problemsWith({ [`packages/${key}/src/a.test.ts`]: `export * from "${specifier}";\n` });
    expect(testOf("vectors", "../../../test-fixtures/a.ts")).toEqual([]);
    expect(testOf("vectors", "../../core/test/a.ts")).toEqual([]);
    expect(testOf("vectors", "../../heads/test/a.ts")).toEqual([expect.stringContaining("reaches into")]);
    expect(testOf("vectors", "../../backend-cpu/test/a.ts")).toEqual([expect.stringContaining("only apps and")]);
    expect(testOf("vectors", "../../../../elsewhere/a.ts")).toEqual([expect.stringContaining("leaves the package")]);
  });

  it("fails on a computed specifier in a package", () => {
    const text = "export const load = (name: string) => import(name);\n";
    expect(problemsWith({ "packages/vectors/src/bad.ts": text })).toEqual([expect.stringContaining("computed")]);
  });

  it("fails on a package without a row", () => {
    expect(problemsWith({ "packages/new/package.json": manifest("new") })).toEqual([
      "packages/new: has no row in scripts/import-table.mjs",
    ]);
  });
});

describe("importTable", () => {
  it("has no cycle and names only packages that have a row", () => {
    const edges = new Map(Object.entries(importTable).map(([key, { may }]) => [key, may === "anything" ? [] : may]));
    expect(findCycles(edges)).toEqual([]);
    expect([...edges.values()].flat().filter((name) => !edges.has(name))).toEqual([]);
  });
});

describe("findCycles", () => {
  it("finds a cycle behind a shared node, and none in a diamond", () => {
    const diamond = [
      ["a", ["b", "c"]],
      ["b", ["d"]],
      ["c", ["d"]],
    ];
    expect(findCycles(new Map(diamond))).toEqual([]);
    expect(findCycles(new Map([...diamond, ["d", ["b"]]]))).toEqual([["b", "d", "b"]]);
  });
});
