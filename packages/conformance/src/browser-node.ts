export { type BrowserBackend, browserBackends } from "./browser/browser-backends.ts";
export {
  type BrowserHarness,
  type BrowserHarnessOptions,
  startBrowserHarness,
} from "./browser/browser-harness-node.ts";
export type { BrowserTarget } from "./browser/browser-target-node.ts";
export type { PageMessage } from "./browser/page-session-node.ts";
