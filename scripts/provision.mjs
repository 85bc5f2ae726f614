// Makes heavy things that npm does not bring available to tests, in the order that works behind firewalls too.
// Run: node scripts/provision.mjs tfjs-node chromium
// Progress goes to stderr; stdout is one JSON object, a key for each thing asked for. What is there already is left alone.
// A failure is an exit code of 1 and says everything that was tried. docs/provisioning.md explains it to users.
import { pathToFileURL } from "node:url";
import { provisionChromium } from "./provision-chromium.mjs";
import { provisionTfjsNode } from "./provision-tfjs-node.mjs";

/** @type {Readonly<Record<string, (say: (text: string) => void) => Promise<object>>>} */
const provisioners = { "tfjs-node": provisionTfjsNode, chromium: provisionChromium };

/**
 * Provides what is named, one after the other; goes on after a failure, so that one run shows all problems.
 * @param {readonly string[]} names keys of the provisioners
 * @param {(text: string) => void} [say] takes lines of progress
 * @returns {Promise<{ provided: Record<string, object>, problems: string[] }>}
 */
export async function provision(names, say = (text) => process.stderr.write(`${text}\n`)) {
  const provided = {};
  const problems = [];
  for (const name of names) {
    const startedAt = performance.now();
    try {
      provided[name] = await provisioners[name]((text) => say(`${name}: ${text}`));
      say(`${name}: ready after ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
    } catch (error) {
      problems.push(`${name}: ${error.message}`);
    }
  }
  return { provided, problems };
}

async function main(names) {
  const known = Object.keys(provisioners);
  if (names.length === 0 || names.some((name) => !known.includes(name))) {
    process.stderr.write(`usage: node scripts/provision.mjs ${known.map((name) => `[${name}]`).join(" ")}\n`);
    process.exitCode = 2;
    return;
  }
  const { provided, problems } = await provision(names);
  process.stdout.write(`${JSON.stringify(provided)}\n`);
  for (const problem of problems) process.stderr.write(`FAILED ${problem}\n`);
  if (problems.length > 0) process.exitCode = 1;
}

if (process.argv[1] !== undefined && pathToFileURL(process.argv[1]).href === import.meta.url) {
  await main(process.argv.slice(2));
}
