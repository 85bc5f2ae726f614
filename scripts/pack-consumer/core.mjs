// Core alone, as ESM, trains with a head and a backend of one's own.
import * as core from "@thawline/core";
import { ownParts } from "./own-parts.mjs";
import { dimension } from "./sentences.mjs";
import { trainSentences } from "./train-sentences.mjs";

await trainSentences({ core, ...ownParts(core, dimension) });
