#!/usr/bin/env node
// Committed, because npm links a workspace's command only when its file exists at install time.
import { existsSync } from "node:fs";

const build = new URL("../dist/cli.js", import.meta.url);
if (!existsSync(build)) {
  process.stderr.write("thawline: the command is not built yet. Run `npm run build` first.\n");
  process.exit(1);
}
await import(build.href);
