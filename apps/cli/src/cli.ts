import { main } from "./main.ts";

// TensorFlow writes what it found of the machine to stderr; errors still come.
process.env.TF_CPP_MIN_LOG_LEVEL ??= "2";

let isRunning = false;
let hasLostOutput = false;

/** The first Ctrl-C asks for a stop in good order, the second ends the process at once. */
function interrupt(): AbortSignal {
  const controller = new AbortController();
  isRunning = true;
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(130);
      process.stderr.write("\nstopping after this step; once more to stop at once\n");
      controller.abort();
    });
  }
  return controller.signal;
}

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  // A reader that has seen enough (head, less) closes the pipe: no failure of ours. A run that writes files goes on.
  if (error.code === "EPIPE") {
    if (!isRunning) process.exit(0);
    return;
  }
  if (!hasLostOutput) process.stderr.write(`error OUTPUT_FAILED: cannot write to stdout: ${error.message}\n`);
  hasLostOutput = true;
  process.exitCode = 1;
  if (!isRunning) process.exit(1);
});
// Nobody is there to be told.
process.stderr.on("error", () => {});

// No top-level await: the CommonJS build has none.
void main(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  cwd: process.cwd(),
  interrupt,
}).then((exitCode) => {
  process.exitCode = exitCode === 0 && hasLostOutput ? 1 : exitCode;
});
