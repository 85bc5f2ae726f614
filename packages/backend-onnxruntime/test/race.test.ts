import { checked, createRandom, sizeOf, type Tensor } from "@thawline/core";
import { createHead } from "@thawline/heads";
import { describe, expect, it } from "vitest";
import { onnxruntimeNodeBackend } from "../src/node.ts";
import { float32, tolerance, worstError } from "./helpers.ts";

// Races of a parallel kernel show at training sizes only (microsoft/onnxruntime#18048).
describe("two threads, at training size", () => {
  it.each([100, 300])("give the same bits in 200 runs, and the right ones (D = %s)", async (dimension) => {
    const head = createHead({ type: "mlp", dimension, classes: 5, hidden: 128 });
    const built = head.build({ examples: 64, positions: 0 }, "train");
    const wrt = ["embedding", ...head.parameters.map(({ name }) => name)];
    const random = createRandom(dimension);
    const feeds: Record<string, Tensor> = Object.fromEntries(
      built.graph.inputs.map(({ name, shape }) => [
        name,
        float32(
          shape,
          Array.from({ length: sizeOf(shape) }, () => (name === "target" ? 0.2 : 0.1 * random.nextNormal())),
        ),
      ]),
    );
    const backend = await onnxruntimeNodeBackend({ threads: 2 });
    expect(backend.runtime.threads).toBe(2);
    const request = { loss: built.loss!, wrt, fetch: [built.logits] };
    expect(await worstError(backend, { graph: built.graph, request, feeds })).toBeLessThanOrEqual(tolerance);
    expect(backend.supports.bitReproducible).toBe(true);
    const executable = await checked(backend).compile(built.graph, request);
    const first = await executable.run(feeds);
    let different = 0;
    for (let run = 1; run < 200; run++) {
      const next = await executable.run(feeds);
      const same =
        next.loss === first.loss &&
        wrt.every((name) => next.gradients[name].data.every((x, i) => x === first.gradients[name].data[i]));
      if (!same) different++;
    }
    expect(different).toBe(0);
    await backend.close();
  });
});
