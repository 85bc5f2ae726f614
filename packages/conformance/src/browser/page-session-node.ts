import { setTimeout as sleep } from "node:timers/promises";
import { BackendError } from "@thawline/core";
import type { Browser } from "./chromium-node.ts";
import { type PageAnswer, type PageApi, type PageError, pageGlobal } from "./page-protocol.ts";

/** A line that a page wrote to its console, or an error that nothing in it caught. */
export interface PageMessage {
  readonly backend: string;
  readonly level: "error" | "warning";
  readonly text: string;
}

/** What a session needs. */
export interface SessionOptions {
  readonly browser: Browser;
  readonly url: string;
  /** Name of the backend, for errors. */
  readonly backend: string;
  readonly onMessage: (message: PageMessage) => void;
}

type Value<M extends keyof PageApi> = Awaited<ReturnType<PageApi[M]>> extends PageAnswer<infer T> ? T : never;

/** One page. */
export interface PageSession {
  /**
   * Calls the page.
   * @throws BackendError with the code of the page's error where it has that of one, else BACKEND_FAILED: the work
   * failed, the page crashed, its graphics device was lost, or nothing came within the time
   */
  call<M extends keyof PageApi>(
    method: M,
    argument: Parameters<PageApi[M]>[0] | undefined,
    timeoutMs: number,
  ): Promise<Value<M>>;
  /** Why the page is of no further use, once it is. */
  readonly death: () => string | undefined;
  close(): Promise<void>;
}

const closeTimeoutMs = 5000;

/** In the page. */
const invoke = async (call: { name: string; method: string; argument: unknown }): Promise<unknown> => {
  const api = (globalThis as unknown as Record<string, Record<string, (argument: unknown) => unknown> | undefined>)[
    call.name
  ];
  if (api === undefined) throw new Error("the page's script did not start");
  return api[call.method]!(call.argument);
};

const backendCodes = ["BACKEND_UNAVAILABLE", "BACKEND_FAILED", "BACKEND_CLOSED"] as const;

function errorFrom({ name, message, code }: PageError, backend: string): BackendError {
  const known = backendCodes.find((one) => one === code);
  const prefix = `backend "${backend}": `;
  const text = message.startsWith(prefix) ? message.slice(prefix.length) : message;
  return new BackendError(known ?? "BACKEND_FAILED", backend, known === undefined ? `${name}: ${text}` : text);
}

/** Opens the page. */
export async function openPageSession({ browser, url, backend, onMessage }: SessionOptions): Promise<PageSession> {
  const failed = (message: string, cause?: unknown) =>
    new BackendError("BACKEND_FAILED", backend, message, cause === undefined ? {} : { cause });
  // A context of its own: no storage and no renderer process is shared with other pages.
  const context = await browser.newContext();
  const page = await context.newPage();
  let death: string | undefined;
  let reportDeath: (what: string) => void = () => {};
  const died = new Promise<string>((resolve) => {
    reportDeath = (what) => resolve((death ??= what));
  });
  page.on("crash", () => reportDeath("the page crashed"));
  page.on("close", () => reportDeath("the page was closed"));
  browser.on("disconnected", () => reportDeath("the browser ended"));
  page.on("pageerror", (error) => onMessage({ backend, level: "error", text: String(error) }));
  page.on("console", (message) => {
    const level = message.type();
    if (level === "error" || level === "warning") onMessage({ backend, level, text: message.text() });
  });
  await page.goto(url);

  return {
    death: () => death,
    async call(method, argument, timeoutMs) {
      if (death !== undefined) throw failed(death);
      const timer = new AbortController();
      const late = sleep(timeoutMs, "late" as const, { signal: timer.signal }).catch(() => "late" as const);
      const work = page.evaluate(invoke, { name: pageGlobal, method, argument }) as Promise<PageAnswer<never>>;
      // Once the page died nobody waits for it any more.
      work.catch(() => {});
      try {
        const first = await Promise.race([work, died, late]);
        if (first === "late") reportDeath(`no answer within ${timeoutMs / 1000} s`);
        if (death !== undefined || typeof first === "string") throw failed(death ?? String(first));
        if (first.ok) return first.value;
        if (first.error.isFatal) reportDeath(first.error.message);
        throw errorFrom(first.error, backend);
      } catch (error) {
        if (error instanceof BackendError) throw error;
        // The evaluation itself failed: Playwright may say so before it tells of the crash.
        await Promise.race([died, sleep(200)]);
        throw failed(death ?? (error instanceof Error ? error.message : String(error)), error);
      } finally {
        timer.abort();
      }
    },
    async close() {
      // A page that hangs does not close itself.
      await Promise.race([context.close().catch(() => {}), sleep(closeTimeoutMs, undefined, { ref: false })]);
    },
  };
}
