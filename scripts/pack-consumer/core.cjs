// Core alone, as CommonJS, trains with a head and a backend of one's own.
const core = require("@thawline/core");

async function main() {
  const { dimension } = await import("./sentences.mjs");
  const { ownParts } = await import("./own-parts.mjs");
  const { trainSentences } = await import("./train-sentences.mjs");
  await trainSentences({ core, ...ownParts(core, dimension) });
}

main();
