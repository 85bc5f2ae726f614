import { referenceBackend } from "@thawline/backend-reference";
import { describe, it } from "vitest";
import { describeConformance } from "../src/index.ts";

// Other backends are held to the suite in their own packages and by `thawline conformance`.
describeConformance({ describe, it }, "reference", async () => ({ backend: referenceBackend() }));
