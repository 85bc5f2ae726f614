import { type TestTarget, testDevice } from "../../backend-tfjs/test/suite.ts";
import { startDevice } from "../src/devices.ts";
import { loadTfjs } from "../src/load-runtime.ts";

// wasm also runs under Node; webgl and webgpu need a browser, where the conformance suite tests them.
const tf = (await loadTfjs()) as TestTarget["tf"];
const obstacle = await startDevice(tf, "wasm", {});
if (obstacle !== undefined) throw new Error(`wasm does not start: ${obstacle}`);

testDevice({ tf, device: "wasm" });
