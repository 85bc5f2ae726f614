import type { FreezePolicy } from "@thawline/core";
import { version } from "../version.ts";
import type { Choice } from "./choose-backend.ts";
import type { Prepared } from "./prepare.ts";
import type { InputHashes } from "./resume.ts";

/** What `run.json` keeps besides the document: enough to tell what was run on what, and to resume it. */
export function runRecord(
  { settings, tokenizer, rules, splits, base, oov, table, dev, train, test }: Prepared,
  run: {
    readonly command: string;
    readonly backend: Pick<Choice, "name" | "reason">;
    readonly inputs: InputHashes;
    readonly policy: FreezePolicy;
  },
) {
  return {
    command: run.command,
    version,
    config: settings,
    /** SHA-256 of the files as stored. */
    inputs: run.inputs,
    resolved: {
      backend: run.backend.name,
      backendReason: run.backend.reason,
      policy: run.policy,
      tokenizer: tokenizer.spec,
      lookup: rules,
      oov,
      activeRows: table.activeRows.length,
      textsWithoutKnownWord: {
        train: train.emptyTexts,
        dev: dev.emptyTexts,
        test: test?.emptyTexts ?? null,
      },
      skipped: {
        train: splits.train.dataset.skipped,
        dev: splits.devIsHeldOut ? [] : splits.dev.dataset.skipped,
        test: splits.test?.dataset.skipped ?? null,
      },
      vectorsReport: base.report,
    },
    environment: { node: process.version, platform: process.platform, architecture: process.arch },
  };
}
