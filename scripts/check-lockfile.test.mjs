import { describe, expect, it } from "vitest";
import { checkLockfile } from "./check-lockfile.mjs";
import { temporaryTree } from "./test/temporary-tree.mjs";

const integrity = "sha512-AAAA";

/** Problems of a small workspace with the lockfile entries and the manifest given. */
function problemsWith({ packages = {}, core = {}, lockfileVersion = 3 }) {
  return checkLockfile(
    temporaryTree({
      "package.json": { devDependencies: { turbo: "2.0.0" } },
      "packages/core/package.json": { name: "@thawline/core", version: "0.1.0", ...core },
      "package-lock.json": {
        lockfileVersion,
        packages: {
          "": {},
          "packages/core": {},
          "node_modules/@thawline/core": { resolved: "packages/core", link: true },
          ...packages,
        },
      },
    }),
  ).problems;
}

describe("checkLockfile", () => {
  it("accepts optional packages that are there, beside their user or further up", () => {
    const packages = {
      "node_modules/turbo": { integrity, optionalDependencies: { "@turbo/linux": "1", "@turbo/darwin": "1" } },
      "node_modules/turbo/node_modules/@turbo/linux": { integrity, optional: true },
      "node_modules/@turbo/darwin": { integrity, optional: true },
      "node_modules/a/node_modules/b": { integrity, optionalDependencies: { c: "1" } },
      "node_modules/a/node_modules/c": { integrity, optional: true },
      "packages/core": { optionalDependencies: { "@turbo/darwin": "1" } },
    };
    expect(problemsWith({ packages })).toEqual([]);
  });

  it("names an optional package without an entry", () => {
    const packages = {
      "node_modules/turbo": { integrity, optionalDependencies: { "@turbo/darwin": "1" } },
      "node_modules/other/node_modules/@turbo/darwin": { integrity },
    };
    expect(problemsWith({ packages })).toEqual([
      "package-lock.json: node_modules/turbo wants optional @turbo/darwin, which has no entry",
    ]);
  });

  it.each(["https://example.org/turbo.tgz", "git+ssh://git@example.org/turbo", "//example.org/turbo.tgz"])(
    "refuses a resolved that names a host: %s",
    (resolved) => {
      const problems = problemsWith({ packages: { "node_modules/turbo": { integrity, resolved } } });
      expect(problems).toEqual([expect.stringContaining("node_modules/turbo")]);
    },
  );

  it("refuses an entry without integrity, an unknown workspace and another lockfile version", () => {
    expect(problemsWith({ packages: { "node_modules/turbo": {} } })).toHaveLength(1);
    expect(problemsWith({ packages: { "packages/core": undefined } })).toHaveLength(1);
    expect(problemsWith({ lockfileVersion: 2 })).toHaveLength(1);
  });

  it.each(["^1.2.3", "~1.2.3", "1.x", "*", "latest", ">=1.0.0", "1.2"])(
    "refuses the unpinned version %s",
    (version) => {
      for (const field of ["dependencies", "devDependencies", "optionalDependencies"]) {
        expect(problemsWith({ core: { [field]: { zod: version } } })).toEqual([
          expect.stringContaining("pin an exact"),
        ]);
      }
    },
  );

  it("accepts exact versions and ranges of peers", () => {
    const core = { dependencies: { zod: "4.0.0", next: "1.0.0-rc.1" }, peerDependencies: { react: "^18" } };
    expect(problemsWith({ core })).toEqual([]);
  });

  it("refuses a workspace dependency at another version than the workspace's", () => {
    const core = { devDependencies: { "@thawline/core": "0.2.0" } };
    expect(problemsWith({ core })).toEqual([expect.stringContaining("the workspace has 0.1.0")]);
  });
});
