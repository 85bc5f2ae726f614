"""Compares the tokens that compare-exported.mjs prints with those of Hugging Face's own library (package tokenizers)."""
import json, sys
from tokenizers import Tokenizer

data = json.load(sys.stdin)
differing = 0
for case in data["cases"]:
    tokenizer = Tokenizer.from_str(json.dumps(case["json"]))
    tokens = wrong = 0
    for text, expected in zip(data["texts"], case["tokens"]):
        normalized = tokenizer.normalizer.normalize_str(text) if tokenizer.normalizer else text
        wrong += [piece for piece, _ in tokenizer.pre_tokenizer.pre_tokenize_str(normalized)] != expected
        tokens += len(expected)
    differing += wrong
    print(f"{case['name']}{', lower-cased' if case['lowercase'] else ''}: {len(data['texts'])} texts, {tokens} tokens, {wrong} texts differ")
sys.exit(1 if differing else 0)
