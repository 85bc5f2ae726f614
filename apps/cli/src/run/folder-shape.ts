import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { StaticModelContent } from "@thawline/vectors/node";
import type { Prepared } from "../pipeline/prepare.ts";

const prefixes = ["", "0_StaticEmbedding/"];
/** What stands beside weights and tokenizer and is copied as it is. */
const copied = ["config.json", "modules.json", "config_sentence_transformers.json"];

/** Layout, normalisation and further files of the folder that a run began with. */
export async function folderShape({
  base,
  weighted,
  model,
}: Prepared): Promise<Pick<StaticModelContent, "normalize" | "format" | "prefix" | "files">> {
  const before = model?.config.lookup.tokens;
  const normalize =
    weighted !== null && "normalize" in weighted ? weighted.normalize : before?.kind === "pieces" && before.normalize;
  // A model of ours has no layout of theirs any more.
  if (model !== null) return { normalize };
  const prefix = prefixes.find((each) => existsSync(join(base.file, each, "model.safetensors"))) ?? "";
  const names = copied.filter((name) => existsSync(join(base.file, name)));
  return {
    normalize,
    prefix,
    format: base.format === "sentence-transformers" ? "sentence-transformers" : "model2vec",
    files: new Map(names.map((name) => [name, readFileSync(join(base.file, name))])),
  };
}
