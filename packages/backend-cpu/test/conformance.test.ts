import { describeConformance } from "@thawline/conformance";
import { describe, it } from "vitest";
import { cpuBackend } from "../src/index.ts";

describeConformance({ describe, it }, "cpu", async () => ({ backend: cpuBackend() }));
