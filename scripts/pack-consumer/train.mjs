// Core with a head of ours and the embedded backend, as ESM.
import { cpuBackend } from "@thawline/backend-cpu";
import * as core from "@thawline/core";
import { linearHead } from "@thawline/heads";
import { dimension } from "./sentences.mjs";
import { trainSentences } from "./train-sentences.mjs";

await trainSentences({ core, backend: cpuBackend(), head: linearHead({ dimension, classes: 2 }) });
