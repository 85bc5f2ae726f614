import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ensureSynthetic } from "./ensure-synthetic.ts";
import { readersCase } from "./readers-case.ts";
import type { Figures, PeerCommand } from "./run-peer.ts";
import { UsageError } from "./usage-error.ts";

/** A figure with a target. */
export interface Ratio {
  readonly what: string;
  /** The figure of one round. */
  readonly of: (figures: (name: string) => Figures) => number;
  readonly bound: { readonly atLeast: number } | { readonly atLeast?: undefined; readonly atMost: number };
}

/** Commands that run in turn, and the ratios taken between them. */
export interface Case {
  readonly title: string;
  readonly commands: readonly PeerCommand[];
  readonly ratios: readonly Ratio[];
}

/** Where the peers are. */
export interface Places {
  /** Folder with the peers' scripts (`peer_torch.py`, `peer_gensim.py`, `synth.py`). */
  readonly scripts: string | undefined;
  /** Folder that their set-up filled (`tok`, `data`, `synth`, `venv`). */
  readonly prepared: string | undefined;
  readonly gensimPython: string;
  readonly only: readonly string[];
}

const kinds = ["mr", "scale", "load", "readers", "layers", "cnn"] as const;

/** The cases asked for. @throws UsageError where a script, a data set or an interpreter is missing. */
export async function createCases(places: Places): Promise<readonly Case[]> {
  const unknown = places.only.find((kind) => !(kinds as readonly string[]).includes(kind));
  if (unknown !== undefined)
    throw new UsageError(`--only takes ${kinds.join(", ")}, separated by commas; got "${unknown}"`);
  const scripts = folder("--peers", "the folder with the peers' scripts", places.scripts);
  const prepared = folder("--prepared (or PEERS_DIR)", "the folder that the peers' set-up filled", places.prepared);
  const need = (base: string, ...path: string[]): string => {
    const file = join(base, ...path);
    if (!existsSync(file)) throw new UsageError(`${file} is missing; run the peers' set-up first`);
    return file;
  };
  const cases: Case[] = [];
  if (places.only.includes("mr")) cases.push(mrCase(scripts, prepared, need));
  if (places.only.includes("scale")) {
    const python = need(prepared, "venv", "bin", "python");
    for (const rows of [175_000, 350_000])
      await ensureSynthetic({
        python,
        script: need(scripts, "synth.py"),
        folder: join(prepared, "synth", String(rows)),
        rows,
      });
    cases.push(scaleCase(scripts, prepared, need));
  }
  if (places.only.includes("load"))
    cases.push(loadCase(scripts, prepared, { need, gensimPython: places.gensimPython }));
  if (places.only.includes("readers"))
    cases.push(await readersCase(scripts, prepared, { need, gensimPython: places.gensimPython }));
  if (places.only.includes("layers")) cases.push(layersCase(scripts, prepared, need));
  if (places.only.includes("cnn")) cases.push(cnnCase(scripts, prepared, need));
  return cases;
}

type Need = (base: string, ...path: string[]) => string;

const OURS = "thawline";
const TORCH = "torch EmbeddingBag(sparse) + SparseAdam";
const bench = fileURLToPath(new URL("./main.js", import.meta.url));

function stepPair(
  name: (peer: string) => string,
  flags: readonly string[],
  torch: readonly [string, string],
): readonly PeerCommand[] {
  const [python, script] = torch;
  return [
    { name: name(OURS), argv: [process.execPath, bench, "step", ...flags], folder: process.cwd() },
    { name: name(TORCH), argv: [python, script, ...flags, "--variant", "bag"], folder: process.cwd() },
  ];
}

function mrCase(scripts: string, prepared: string, need: Need): Case {
  const torch = [need(prepared, "venv", "bin", "python"), need(scripts, "peer_torch.py")] as const;
  const flags = [
    "--data",
    need(prepared, "tok", "mr"),
    "--vectors",
    need(prepared, "data", "wink.vec"),
    "--vocab",
    "task",
    "--epochs",
    "5",
  ];
  return {
    title: "MR, D = 100, batch 32, mean-pool linear, lazy Adam, 5 epochs, rows of the training text",
    commands: stepPair((peer) => peer, flags, torch),
    ratios: [
      {
        what: "examples/s, ours / torch",
        of: (f) => f(OURS).examples_per_s! / f(TORCH).examples_per_s!,
        bound: { atLeast: 2 },
      },
    ],
  };
}

function scaleCase(scripts: string, prepared: string, need: Need): Case {
  const torch = [need(prepared, "venv", "bin", "python"), need(scripts, "peer_torch.py")] as const;
  const named = (rows: number) => (peer: string) => `${peer}, V = ${rows / 1000}k`;
  const commands = [175_000, 350_000].flatMap((rows) => {
    const data = need(prepared, "synth", String(rows));
    // 250 batches, as the peers' own bench takes them.
    const flags = [
      "--data",
      data,
      "--vectors",
      need(data, "vectors.vec"),
      "--batch",
      "32",
      "--limit",
      String(32 * 250),
    ];
    const pair = stepPair(named(rows), flags, torch);
    return rows === 350_000 ? pair : pair.slice(0, 1);
  });
  const speed = (figures: Figures): number => figures.examples_per_s!;
  return {
    title: "Synthetic task, all rows of the table loaded, batch 32, 250 steps after warm-up",
    commands,
    ratios: [
      {
        what: "examples/s at V = 350k, ours / torch",
        of: (f) => speed(f(named(350_000)(OURS))) / speed(f(named(350_000)(TORCH))),
        bound: { atLeast: 1.5 },
      },
      {
        what: "step time, V = 350k / V = 175k",
        of: (f) => speed(f(named(175_000)(OURS))) / speed(f(named(350_000)(OURS))),
        bound: { atMost: 1.15 },
      },
    ],
  };
}

const ours = (backend: string): string => `${OURS} on ${backend}`;
const step = (backend: string, flags: readonly string[]): PeerCommand => ({
  name: ours(backend),
  argv: [process.execPath, bench, "step", ...flags, "--backend", backend],
  folder: process.cwd(),
});

/** A trainable table of 100,000 rows: ours on tfjs-node, and TensorFlow.js layers there (TFN_DIR names its folder). */
function layersCase(scripts: string, prepared: string, need: Need): Case {
  const data = need(prepared, "synth", "100000");
  const flags = ["--data", data, "--vectors", need(data, "vectors.vec"), "--batch", "64", "--limit", String(64 * 60)];
  const layers = "TensorFlow.js layers on tfjs-node";
  const peer = [
    process.execPath,
    "--max-old-space-size=8000",
    need(scripts, "peer_tfjs.mjs"),
    "--backend",
    "node",
  ] as const;
  return {
    title: "Synthetic task, 100,000 rows, batch 64, 60 steps after warm-up, tfjs-node",
    commands: [step("tfjs-node", flags), { name: layers, argv: [...peer, ...flags], folder: process.cwd() }],
    ratios: [
      {
        what: "examples/s, ours on tfjs-node / layers on tfjs-node",
        of: (f) => f(ours("tfjs-node")).examples_per_s! / f(layers).examples_per_s!,
        bound: { atLeast: 10 },
      },
    ],
  };
}

/** Kim's CNN on movie reviews, vectors trained too, one epoch. */
function cnnCase(scripts: string, prepared: string, need: Need): Case {
  const torch = "PyTorch";
  const flags = [
    "--data",
    need(prepared, "tok", "mr"),
    "--vectors",
    need(prepared, "data", "wink.vec"),
    "--vocab",
    "task",
  ];
  const training = ["--epochs", "1", "--batch", "50", "--lr", "0.001"];
  const cnn = [...flags, ...training, "--head", "cnn"];
  const peer = [need(prepared, "venv", "bin", "python"), need(scripts, "cnn_kim.py")] as const;
  const time = (figures: Figures): number => 1 / figures.examples_per_s!;
  return {
    title: "Kim's CNN on MR, widths 3, 4, 5 × 100 maps, batch 50, vectors trained, 1 epoch",
    commands: [
      step("onnxruntime-node", cnn),
      step("tfjs-node", cnn),
      step("cpu", [...cnn, "--limit", "500"]),
      { name: torch, argv: [...peer, ...flags, ...training], folder: scripts },
    ],
    ratios: [
      {
        what: "time, ours on onnxruntime-node / PyTorch",
        of: (f) => time(f(ours("onnxruntime-node"))) / time(f(torch)),
        bound: { atMost: 1.5 },
      },
    ],
  };
}

function loadCase(
  scripts: string,
  prepared: string,
  { need, gensimPython }: { need: Need; gensimPython: string },
): Case {
  const [all, task, gensim] = [`${OURS}, all rows`, `${OURS}, only MR's words`, "gensim, all rows"];
  const file = need(prepared, "data", "wink.glove.txt");
  const ours = [process.execPath, bench, "load", file, "glove"] as const;
  const at = process.cwd();
  return {
    title: "Loading 341,479 × 100 of GloVe text (page cache warm)",
    commands: [
      { name: all, argv: [...ours], folder: at },
      { name: task, argv: [...ours, "--words-of", need(prepared, "tok", "mr")], folder: at },
      { name: gensim, argv: [gensimPython, need(scripts, "peer_gensim.py"), file, "glove"], folder: at },
    ],
    ratios: [
      { what: "time, all rows / gensim", of: (f) => f(all).load_s / f(gensim).load_s, bound: { atMost: 0.25 } },
      { what: "time, only MR's words / gensim", of: (f) => f(task).load_s / f(gensim).load_s, bound: { atMost: 0.05 } },
      {
        what: "peak MB above start-up, only MR's words",
        of: (f) => f(task).peak_rss_mb - f(task).rss_before_mb!,
        bound: { atMost: 100 },
      },
    ],
  };
}

function folder(flag: string, what: string, path: string | undefined): string {
  if (path === undefined) throw new UsageError(`${flag} is needed: ${what}`);
  if (!existsSync(path)) throw new UsageError(`${flag}: there is no folder ${path} (${what})`);
  return path;
}
