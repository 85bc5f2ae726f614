import { type Backend, ThawlineError } from "@thawline/core";
import type { OpenRequest, PageAnswer, PageApi, PageError } from "../src/browser/page-protocol.ts";
import { pageGlobal } from "../src/browser/page-protocol.ts";
import type { ConformanceCase } from "../src/case.ts";
import { checkCase } from "../src/check/check-case.ts";
import type { FixtureResult } from "../src/fixtures/run-fixture-file.ts";
import { runFixtureFile } from "../src/fixtures/run-fixture-file.ts";
import { watchGpu } from "./watch-gpu.ts";

type Factory = (options: Readonly<Record<string, unknown>>) => Backend | Promise<Backend>;

let lostDevice: string | undefined;
let reportLoss: (error: Error) => void = () => {};
const loss = new Promise<never>((_, reject) => {
  reportLoss = reject;
});
// Nobody may be waiting when it happens; `answer` looks at `lostDevice` then.
loss.catch(() => {});
let device: string | null = null;
watchGpu({
  onDevice: (name) => {
    device = name;
  },
  onLost: (what) => {
    lostDevice = what;
    reportLoss(new Error(what));
  },
});

function describeError(error: unknown): PageError {
  const isFatal = lostDevice !== undefined;
  if (!(error instanceof Error)) return { name: "Error", message: String(error), code: null, isFatal };
  const code = ThawlineError.isInstance(error) ? error.code : null;
  return { name: error.name, message: lostDevice ?? error.message, code, isFatal };
}

/** The work's result, or the loss of a device during it, as plain data. */
async function answer<T>(work: () => Promise<T>): Promise<PageAnswer<T>> {
  try {
    if (lostDevice !== undefined) throw new Error(lostDevice);
    return { ok: true, value: await Promise.race([work(), loss]) };
  } catch (error) {
    return { ok: false, error: describeError(error) };
  }
}

let backend: Backend | undefined;

function openBackend(): Backend {
  if (backend === undefined) throw new Error("no backend is open in this page");
  return backend;
}

async function load({ module, factory, options }: OpenRequest): Promise<Backend> {
  const exports: Readonly<Record<string, unknown>> = await import(module);
  const make = exports[factory];
  if (typeof make !== "function") throw new TypeError(`${module} has no function "${factory}"`);
  return (make as Factory)(options);
}

const api: PageApi = {
  open: (request) =>
    answer(async () => {
      backend = await load(request);
      const { name, supports } = backend;
      return { name, supports, device };
    }),
  check: (item: ConformanceCase) => answer(() => checkCase({ backend: openBackend() }, item)),
  fixture: ({ name, content }) =>
    answer((): Promise<readonly FixtureResult[]> => runFixtureFile(content, name, openBackend())),
  close: () =>
    answer(async () => {
      await backend?.close();
      backend = undefined;
      return null;
    }),
};

Object.assign(globalThis, { [pageGlobal]: api });
