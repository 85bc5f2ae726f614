"""Recomputes word vectors from fastText model files, in float64 and without fastText. Usage: python3 recompute-fasttext.py

Written from the description of the file format alone, to check another reader. Writes fasttext-recomputed.json:
file -> word -> vector. Needs Python's standard library only.
"""
import json, pathlib, struct

here = pathlib.Path(__file__).parent


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def get(self, form):
        values = struct.unpack_from("<" + form, self.data, self.at)
        self.at += struct.calcsize("<" + form)
        return values if len(values) > 1 else values[0]


def fnv(data):
    h = 2166136261
    for byte in data:
        h ^= byte if byte < 128 else (byte - 256) & 0xFFFFFFFF
        h = h * 16777619 % 2**32
    return h


def quantizer(r):
    dim, parts, width, last = r.get("4i")
    return parts, width, last, r.get(f"{dim * 256}f")


def decode(quant, codes):
    parts, width, last, centroids = quant
    out = []
    for part in range(parts):
        w = last if part == parts - 1 else width
        first = part * 256 * width + codes[part] * w
        out.extend(centroids[first : first + w])
    return out


def load(path):
    r = Reader(path.read_bytes())
    magic, version = r.get("2i")
    assert magic == 793712314 and version == 12
    dim, ws, epoch, min_count, neg, word_ngrams, loss, model, bucket, minn, maxn, rate = r.get("12i")
    r.get("d")
    size, nwords, nlabels = r.get("3i")
    ntokens, npruned = r.get("2q")
    words = []
    for _ in range(size):
        end = r.data.index(0, r.at)
        words.append(r.data[r.at : end])
        r.at = end + 1
        r.get("q"), r.get("b")
    pruned = dict(r.get("2i") for _ in range(max(0, npruned)))
    if r.get("?"):
        has_norms = r.get("?")
        m, n = r.get("2q")
        size = r.get("i")
        parts = size // m
        codes = [r.get(f"{parts}B") if parts > 1 else (r.get("B"),) for _ in range(m)]
        quant = quantizer(r)
        norms = [1.0] * m
        if has_norms:
            norm_codes = r.get(f"{m}B")
            centroids = quantizer(r)[3]
            norms = [centroids[c] for c in norm_codes]
        rows = [[norm * x for x in decode(quant, code)] for code, norm in zip(codes, norms)]
    else:
        m, n = r.get("2q")
        rows = [r.get(f"{n}f") for _ in range(m)]

    def vector(word):
        raw = word.encode()
        ids = [words.index(raw)] if raw in words[:nwords] else []
        if raw != b"</s>":
            text = f"<{word}>"
            for i in range(len(text)):
                for n in range(minn, maxn + 1):
                    gram = text[i : i + n]
                    if len(gram) < n or n == 0 or (n == 1 and i in (0, len(text) - 1)):
                        continue
                    b = fnv(gram.encode()) % bucket
                    if npruned < 0:
                        ids.append(nwords + b)
                    elif b in pruned:
                        ids.append(nwords + pruned[b])
        return [sum(rows[i][d] for i in ids) / len(ids) if ids else 0.0 for d in range(dim)]

    return vector


words = (here / "fasttext-words.txt").read_text().splitlines()
out = {}
for path in sorted([*here.glob("fasttext-*.bin"), *here.glob("fasttext-*.ftz")]):
    vector = load(path)
    out[path.name] = {word: [float(f"{x:.9g}") for x in vector(word)] for word in words}
(here / "fasttext-recomputed.json").write_text(json.dumps(out, ensure_ascii=False) + "\n")
