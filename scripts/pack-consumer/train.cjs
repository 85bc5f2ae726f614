// Core with a head of ours and the embedded backend, as CommonJS.
const { cpuBackend } = require("@thawline/backend-cpu");
const core = require("@thawline/core");
const { linearHead } = require("@thawline/heads");

async function main() {
  const { dimension } = await import("./sentences.mjs");
  const { trainSentences } = await import("./train-sentences.mjs");
  await trainSentences({ core, backend: cpuBackend(), head: linearHead({ dimension, classes: 2 }) });
}

main();
