"""What Hugging Face's library makes of texts with the tokenizers that `huggingFaceJsonOf` writes.

Usage: python3 make-exported.py (needs the package tokenizers), after exported-tokenizers.json was written by the test
beside it with THAWLINE_WRITE_GOLDEN=1. Adds `tokens` to it: of each tokenizer and text, the pieces before the
vocabulary is asked, so that every token is compared, known or not.
"""
import json, pathlib
from tokenizers import Tokenizer

path = pathlib.Path(__file__).parent / "exported-tokenizers.json"
data = json.loads(path.read_text())
for case in data["cases"]:
    tokenizer = Tokenizer.from_str(json.dumps(case["json"]))
    case["tokens"] = []
    case["ids"] = []
    for text in data["texts"]:
        normalized = tokenizer.normalizer.normalize_str(text) if tokenizer.normalizer else text
        case["tokens"].append([piece for piece, _ in tokenizer.pre_tokenizer.pre_tokenize_str(normalized)])
        case["ids"].append(tokenizer.encode(text, add_special_tokens=False).ids)
path.write_text(json.dumps(data, ensure_ascii=False) + "\n")
