import * as tf from "@tensorflow/tfjs";
import { expect, it } from "vitest";
import { tfjsBackend } from "../src/index.ts";
import { testDevice } from "./suite.ts";

testDevice({ tf, device: "cpu" });

it("asks for a device where TensorFlow.js has none yet", () => {
  const fresh = { ...tf, getBackend: () => undefined as unknown as string };
  expect(() => tfjsBackend(fresh)).toThrow(RangeError);
});
