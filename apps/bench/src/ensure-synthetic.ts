import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

/** Makes the seeded synthetic task of so many rows with the peers' `synth.py`, where it is not there yet. */
export async function ensureSynthetic(task: {
  python: string;
  script: string;
  folder: string;
  rows: number;
}): Promise<void> {
  if (existsSync(join(task.folder, "vectors.vec"))) return;
  process.stderr.write(`making ${task.folder}\n`);
  const flags = ["--V", String(task.rows), "--N", "20000", "--L", "32"];
  const { status } = spawnSync(task.python, [task.script, task.folder, ...flags], { stdio: ["ignore", 2, 2] });
  if (status !== 0) throw new Error(`${task.script} ended with exit code ${status}`);
}
