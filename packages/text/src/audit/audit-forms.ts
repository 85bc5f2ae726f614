import { createTokenizer } from "../tokenize/tokenizer.ts";
import { unknownWords } from "../vocabulary/align-vocabulary.ts";
import type { AuditOptions } from "./audit-alignment.ts";
import { auditedTokenizers } from "./compare-tokenizers.ts";
import { conventionWords, phraseOf, recoveryRules } from "./recovery-rules.ts";

/**
 * Returns every word that `auditAlignment` may ask for, so that only these need to be read from a large file of vectors.
 * @throws ThawlineError INVALID_CONFIG for an unknown tokenizer
 */
export function auditForms(options: Pick<AuditOptions, "splits" | "tokenizers">): Set<string> {
  const { splits, tokenizers = auditedTokenizers } = options;
  const texts = [splits.train, splits.dev, splits.test].flatMap((split) => split?.texts ?? []);
  const forms = new Set([...unknownWords, ...conventionWords]);
  const types = new Set<string>();
  for (const spec of tokenizers) {
    const { tokenize } = createTokenizer(spec);
    for (const text of texts) {
      const tokens = tokenize(text);
      tokens.forEach((token, i) => {
        types.add(token);
        if (i + 1 < tokens.length) forms.add(phraseOf(token, tokens[i + 1]!));
      });
    }
  }
  for (const type of types) {
    forms.add(type);
    for (const rule of recoveryRules)
      for (const form of rule.candidates(type)) for (const piece of form) forms.add(piece);
  }
  forms.delete("");
  return forms;
}
