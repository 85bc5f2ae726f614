import type { Io } from "../io.ts";
import type { RunEvent } from "../pipeline/events.ts";
import { grouped } from "./format.ts";

/** One line on a terminal's stderr that is written over and over; nothing where stderr is no terminal. */
export interface ProgressLine {
  show(text: string): void;
  clear(): void;
}

/** Updates a second at most. */
const framesPerSecond = 10;

export function createProgressLine({ stderr, env }: Pick<Io, "stderr" | "env">, isQuiet: boolean): ProgressLine {
  if (isQuiet || stderr.isTTY !== true || env.CI || env.TERM === "dumb") return { show() {}, clear() {} };
  let shownAt = Number.NEGATIVE_INFINITY;
  let isShown = false;
  return {
    show(text) {
      if (performance.now() - shownAt < 1000 / framesPerSecond) return;
      shownAt = performance.now();
      isShown = true;
      stderr.write(`\r\x1b[2K${text}`);
    },
    clear() {
      if (isShown) stderr.write("\r\x1b[2K");
      isShown = false;
      shownAt = Number.NEGATIVE_INFINITY;
    },
  };
}

/** What the line says while training. */
export function trainingProgress(event: Extract<RunEvent, { readonly kind: "progress" }>): string {
  const width = 20;
  const filled = Math.round((event.examplesDone / event.examplesTotal) * width);
  const bar = "█".repeat(filled) + "░".repeat(width - filled);
  return `epoch ${event.epoch}/${event.epochs}  ${bar}  loss ${event.loss.toFixed(4)}  ${grouped(event.examplesPerSecond)} examples/s`;
}
