import type { BackendSupport } from "@thawline/core";
import type { ConformanceCase } from "../case.ts";
import type { CaseResult } from "../check/check-case.ts";
import type { FixtureResult } from "../fixtures/run-fixture-file.ts";

/** A backend as the page is told to open it: by the name of its module, which the import map resolves. */
export interface OpenRequest {
  readonly module: string;
  /** The module's export that makes the backend. */
  readonly factory: string;
  readonly options: Readonly<Record<string, unknown>>;
}

/** What the page says of the backend that it opened. */
export interface OpenedBackend {
  readonly name: string;
  readonly supports: BackendSupport;
  /** Graphics device that the page got meanwhile; `null` where it asked for none. */
  readonly device: string | null;
}

/** An error as plain data; `code` is that of a `ThawlineError`. */
export interface PageError {
  readonly name: string;
  readonly message: string;
  readonly code: string | null;
  /** A graphics device was lost: the page is of no further use. */
  readonly isFatal: boolean;
}

/** Value or error: nothing that the page does rejects, so that every error arrives with its code. */
export type PageAnswer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: PageError };

/** What the page offers to the harness, as `globalThis.thawlineConformance`. All of it is plain data. */
export interface PageApi {
  open(request: OpenRequest): Promise<PageAnswer<OpenedBackend>>;
  check(item: ConformanceCase): Promise<PageAnswer<CaseResult>>;
  fixture(file: { readonly name: string; readonly content: unknown }): Promise<PageAnswer<readonly FixtureResult[]>>;
  close(): Promise<PageAnswer<null>>;
}

/** Name of the page's one global. */
export const pageGlobal = "thawlineConformance";
