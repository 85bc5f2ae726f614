// Makes the picture of a report that the readme shows: the top of the page, two of its charts, its map and first words.
//
//   node scripts/screenshot-report.mjs [RUN_FOLDER] [--out docs/images/report.png] [--dark]
//
// Without RUN_FOLDER it runs the demo first (after a build). Needs a Chromium: node scripts/provision.mjs chromium
import { mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { chromium } from "playwright";
import { runOrThrow } from "./lib/run-command.mjs";
import { repositoryRoot } from "./lib/workspace.mjs";
import { provisionChromium } from "./provision-chromium.mjs";

/** Pictures in a readme are loaded by everyone who opens it. */
const largestBytes = 250_000;
/** In CSS pixels. */
const size = { width: 1060, height: 900 };
/** An excerpt: what the page has besides is left out. Nothing in a picture can be clicked. */
const excerpt = `
  nav, details, section:has(#scores), section:has(#drift), .grid > :nth-child(even) { display: none !important }
  header { padding-top: 32px !important; border-bottom: 0 !important; padding-bottom: 0 !important }`;

/** Runs the demo into a folder of its own, whose name the report shows. */
async function runDemo(parent) {
  const folder = join(parent, "thawline-demo");
  const command = join(repositoryRoot, "apps/cli/bin/thawline.js");
  await runOrThrow([process.execPath, command, "demo", "--out", folder, "--quiet"], { cwd: parent });
  return folder;
}

async function photograph(report, { out, scheme }) {
  const { path } = await provisionChromium((line) => process.stderr.write(`${line}\n`));
  const browser = await chromium.launch({ executablePath: path, args: ["--no-sandbox"] });
  try {
    const page = await browser.newPage({ viewport: size, colorScheme: scheme, deviceScaleFactor: 1 });
    await page.goto(pathToFileURL(report).href);
    await page.addStyleTag({ content: excerpt });
    // Down to what is said of the map.
    const end = await page.evaluate(() => document.querySelector("#words ~ figure").getBoundingClientRect().bottom);
    mkdirSync(dirname(out), { recursive: true });
    await page.screenshot({ path: out, fullPage: true, clip: { x: 0, y: 0, width: size.width, height: end + 24 } });
  } finally {
    await browser.close();
  }
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { out: { type: "string", default: "docs/images/report.png" }, dark: { type: "boolean", default: false } },
});
const temporary = mkdtempSync(join(tmpdir(), "thawline-picture-"));
try {
  const folder = positionals[0] === undefined ? await runDemo(temporary) : resolve(positionals[0]);
  const out = resolve(repositoryRoot, values.out);
  await photograph(join(folder, "report.html"), { out, scheme: values.dark ? "dark" : "light" });
  const bytes = statSync(out).size;
  process.stdout.write(`${values.out}: ${Math.round(bytes / 1000)} kB\n`);
  if (bytes > largestBytes) throw new Error(`the picture has ${bytes} bytes, at most ${largestBytes} are wanted`);
} finally {
  rmSync(temporary, { recursive: true, force: true });
}
