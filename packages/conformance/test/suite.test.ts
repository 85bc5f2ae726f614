import { cpuBackend } from "@thawline/backend-cpu";
import { referenceBackend } from "@thawline/backend-reference";
import { describe, it } from "vitest";
import { describeConformance } from "../src/index.ts";

describeConformance({ describe, it }, "reference", async () => ({ backend: referenceBackend() }));
describeConformance({ describe, it }, "cpu", async () => ({ backend: cpuBackend() }));
