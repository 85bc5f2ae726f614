import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describeConformance, runFixtureFile } from "@thawline/conformance";
import { describe, expect, it } from "vitest";
import { onnxruntimeNodeBackend } from "../src/node.ts";
import { sharedBackend } from "./backends.ts";

// The web providers are held to the suite in a browser, by conformance's own harness.
describeConformance({ describe, it }, "onnxruntime-node", async () => ({ backend: await onnxruntimeNodeBackend() }));

// PyTorch's fixtures, where the folder beside the repository has them; conformance has committed ones of its own.
const shared = fileURLToPath(new URL("../../../../shared/fixtures/pytorch/", import.meta.url));

if (existsSync(shared)) {
  describe("fixtures beside the repository", () => {
    const backend = sharedBackend(onnxruntimeNodeBackend);
    for (const file of readdirSync(shared).filter((name) => name.endsWith(".json"))) {
      it(file, async () => {
        const results = await runFixtureFile(
          JSON.parse(readFileSync(`${shared}${file}`, "utf8")),
          file,
          await backend(),
        );
        expect(results.filter(({ status }) => status === "fail")).toEqual([]);
        expect(results.length).toBeGreaterThan(0);
      });
    }
  });
}
