import util from "node:util";
import type { TensorFlow } from "@thawline/backend-tfjs";
import { BackendError } from "@thawline/core";
import { type LegacyUtil, restoreNodeUtil } from "./restore-node-util.ts";

const advice =
  "Install it with `npm install @tensorflow/tfjs-node@4.22.0`. Where its native library is missing (install scripts are " +
  "off, or the download is blocked): `npm rebuild @tensorflow/tfjs-node --ignore-scripts=false`, or behind a firewall " +
  "`node scripts/provision.mjs tfjs-node` in a clone of Thawline, which docs/provisioning.md explains";

/**
 * Loads the TensorFlow library for Node. The one place that imports it.
 * @throws BackendError BACKEND_UNAVAILABLE with what to install
 */
export async function loadTfjsNode(): Promise<TensorFlow> {
  restoreNodeUtil(util as LegacyUtil);
  try {
    const loaded = await import("@tensorflow/tfjs-node");
    // A CommonJS module: what it exports is `default`, and under bundlers the namespace itself.
    return (loaded as { default?: TensorFlow }).default ?? (loaded as TensorFlow);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.split("\n", 1)[0] : String(cause);
    const message = `@tensorflow/tfjs-node does not load: ${why}. ${advice}`;
    throw new BackendError("BACKEND_UNAVAILABLE", "tfjs-node", message, { cause });
  }
}
