import { type TestTarget, testDevice } from "../../backend-tfjs/test/suite.ts";
import { loadTfjsNode } from "../src/load-tfjs-node.ts";

// Where the native library is missing this file fails, with what to do: node scripts/provision.mjs tfjs-node
const tf = (await loadTfjsNode()) as TestTarget["tf"];

testDevice({ tf, device: "tensorflow" });
