import { describe } from "vitest";
import type { TensorFlow } from "../src/index.ts";
import { testAgreement } from "./agreement-tests.ts";
import { testContract } from "./contract-tests.ts";
import { testEdges } from "./edge-tests.ts";
import { testOps } from "./op-tests.ts";

/** A TensorFlow.js module with the name of a backend that is registered with it. */
export interface TestTarget {
  readonly tf: TensorFlow & { memory(): { readonly numTensors: number } };
  readonly device: string;
}

/** What a backend of TensorFlow.js is held to: shared by the packages that load one. Tolerance 1e-5, as for float32. */
export function testDevice(target: TestTarget): void {
  describe(`on TensorFlow.js ${target.device}`, () => {
    testOps(target);
    testAgreement(target);
    testEdges(target);
    testContract(target);
  });
}
