"""Writes drift-figures.json: two small tables and every drift figure between them, by numpy and scipy in float64.

    python test-fixtures/drift/make_drift_figures.py > test-fixtures/drift/drift-figures.json

Each figure is written down from its definition (docs/drift-figures.md); nothing is shared with the TypeScript. Samples
are chosen by the generator of seeded_random.py, so that seeded figures are of the same rows.
"""

import json
import math
import sys

import numpy as np
import scipy
from scipy import linalg, stats

from seeded_random import SeededRandom

SEED = 20
ROWS, D = 90, 7
numbers = np.random.default_rng(SEED)


def float32(x):
    return np.asarray(x, dtype=np.float32).astype(np.float64)


# ---- The tables: zero rows, rows alike, rows only rescaled, rows turned round, most of them unmoved or moved at random.
words = [f"w{i}" for i in range(ROWS)]
before = float32(numbers.normal(0.2, 1, (ROWS, D)))
before[3] = 0
before[4] = 0
before[11] = before[10]
before[12] = before[10]
before[40] = before[41]
turn = linalg.expm(0.35 * (lambda a: a - a.T)(numbers.normal(size=(D, D))) / 2)
after = before.copy()
moved_at_random = np.sort(numbers.choice(np.arange(5, ROWS), 50, replace=False))
after[moved_at_random] = float32(before[moved_at_random] @ turn + numbers.normal(0, 0.15, (50, D)))
after[4] = float32(numbers.normal(0, 1, D))  # a zero row that moved
after[5] = 0  # a row that became zero
after[6] = float32(before[6] * 2)  # only rescaled
after[7] = -before[7]  # turned round
after[12] = before[12]  # a duplicate that stayed
after[11] = float32(before[11] + 0.3)  # and one that left
counts = [int(c) for c in np.maximum(0, numbers.geometric(0.03, ROWS) - 20)]
seen = [bool(s) for s in (np.any(before != after, axis=1) | (numbers.random(ROWS) < 0.2))]

moved = [i for i in range(ROWS) if np.any(before[i] != after[i])]
neverSeen = [i for i in range(ROWS) if not seen[i]]


# ---- Rows.
def row_drift(a, b):
    l2 = float(np.linalg.norm(b - a))
    na, nb = np.linalg.norm(a), np.linalg.norm(b)
    # One of two zero: no direction to compare, defined as 1.
    cosine = 1.0 if na == 0 or nb == 0 else float(1 - np.dot(a, b) / (na * nb))
    return {"l2": l2, "relativeL2": None if na == 0 else float(l2 / na), "cosineDistance": cosine}


rows = [{"row": i, **row_drift(before[i], after[i])} for i in moved]


def summary(chosen):
    cosines, lengths = [r["cosineDistance"] for r in chosen], [r["l2"] for r in chosen]
    relative = [r["relativeL2"] for r in chosen if r["relativeL2"] is not None]
    if not chosen:
        names = "meanCosineDistance medianCosineDistance p95CosineDistance maxCosineDistance meanL2 medianL2 p95L2 maxL2"
        return {"movedRows": 0, **dict.fromkeys(names.split() + ["meanRelativeL2"], 0)}
    return {
        "movedRows": len(chosen),
        "meanCosineDistance": float(np.mean(cosines)),
        "medianCosineDistance": float(np.median(cosines)),
        "p95CosineDistance": float(np.quantile(cosines, 0.95)),
        "maxCosineDistance": float(np.max(cosines)),
        "meanL2": float(np.mean(lengths)),
        "medianL2": float(np.median(lengths)),
        "p95L2": float(np.quantile(lengths, 0.95)),
        "maxL2": float(np.max(lengths)),
        "meanRelativeL2": float(np.mean(relative)),
    }


def bands(starts):
    result = []
    for i, start in enumerate(starts):
        end = starts[i + 1] if i + 1 < len(starts) else None
        inside = [j for j in range(ROWS) if counts[j] >= start and (end is None or counts[j] < end)]
        if inside:
            chosen = [r for r in rows if r["row"] in inside]
            result.append(
                {"from": start, "to": end, "rows": len(inside), **summary(chosen)}
            )
    return result


# ---- Neighbours. fsum: the same two rows give the same bits wherever they stand, so that ties are ties.
def units(table):
    lengths = np.linalg.norm(table, axis=1, keepdims=True)
    return np.divide(table, lengths, out=np.zeros_like(table), where=lengths > 0)


U = {"before": units(before), "after": units(after)}


def cosine(when, i, j):
    return math.fsum(U[when][i] * U[when][j])


def nearest(when, i, k, among):
    return sorted((j for j in among if j != i), key=lambda j: (-cosine(when, i, j), among.index(j)))[:k]


def neighbor_overlap(k, sample, candidates, seed):
    queries = SeededRandom(seed).choose(moved, sample)
    pool = sorted(set(SeededRandom(seed + 1).choose(range(ROWS), candidates)) | set(queries))
    shared = [len(set(nearest("before", i, k, pool)) & set(nearest("after", i, k, pool))) / k for i in queries]
    figures = {"overlap": float(np.mean(shared)), "k": k, "sample": len(queries), "candidates": len(pool), "seed": seed}
    return {"options": {"k": k, "sample": sample, "candidates": candidates, "seed": seed}, "figures": figures}


def seen_break(k, sample, candidates, seed, unseen):
    group = [i for i in moved if i not in unseen]
    each = min(len(group), len(unseen), candidates // 2)
    first, second = SeededRandom(seed + 1).choose(group, each), SeededRandom(seed + 2).choose(unseen, each)
    queries = [first[i] for i in SeededRandom(seed).choose(range(each), sample)]
    pool = first + second

    def share(when):
        return float(np.mean([sum(j in second for j in nearest(when, i, k, pool)) / k for i in queries]))

    def cosines(when, among):
        return float(np.mean([[cosine(when, i, j) for j in nearest("before", i, k, among)] for i in queries]))

    figures = {
        "neverSeenShareBefore": share("before"),
        "neverSeenShareAfter": share("after"),
        "cosineToNeverSeenBefore": cosines("before", second),
        "cosineToNeverSeenAfter": cosines("after", second),
        "cosineToMovedBefore": cosines("before", first),
        "cosineToMovedAfter": cosines("after", first),
        "k": k,
        "sample": len(queries),
        "candidatesEach": each,
        "seed": seed,
    }
    figures["gap"] = (
        figures["cosineToMovedAfter"]
        - figures["cosineToMovedBefore"]
        - (figures["cosineToNeverSeenAfter"] - figures["cosineToNeverSeenBefore"])
    )
    return {"options": {"k": k, "sample": sample, "candidates": candidates, "seed": seed}, "figures": figures}


# ---- The tables as a whole.
def cka(x, y):
    """From the N x N kernels and the centring matrix, the definition of HSIC, not the D x D form."""
    n = len(x)
    h = np.eye(n) - 1 / n
    k, l = h @ x @ x.T @ h, h @ y @ y.T @ h
    return float(np.trace(k @ l) / math.sqrt(np.trace(k @ k) * np.trace(l @ l)))


def average_cosine(table):
    u = units(table[np.linalg.norm(table, axis=1) > 0])
    cosines = u @ u.T
    return float(cosines[~np.eye(len(u), dtype=bool)].mean())


def partition(table):
    _, vectors = linalg.eigh(table.T @ table)
    sums = [np.exp(table @ (sign * c)).sum() for c in vectors.T for sign in (1, -1)]
    return float(min(sums) / max(sums))


def norms(table):
    lengths = np.linalg.norm(table, axis=1)
    return {
        "mean": float(lengths.mean()),
        "median": float(np.median(lengths)),
        "p95": float(np.quantile(lengths, 0.95)),
        "max": float(lengths.max()),
        "zeroRows": int((lengths == 0).sum()),
    }


# ---- Maps.
def procrustes(x, y):
    return linalg.orthogonal_procrustes(x, y)[0]


def ridge(x, y, ridge_lambda):
    """Least squares on rows stacked on the penalty's rows, not the normal equations."""
    d = x.shape[1]
    scale = np.trace(x.T @ x) / d
    stacked = np.vstack([x, math.sqrt(ridge_lambda * scale) * np.eye(d)])
    target = np.vstack([y - x, np.zeros((d, d))])
    return np.eye(d) + linalg.lstsq(stacked, target)[0]


def map_error(a, x, y):
    return float(((x @ a - y) ** 2).sum() / ((x - y) ** 2).sum())


def learned_map(seed, lambdas):
    random, order = SeededRandom(seed), list(range(len(moved)))
    for i in range(len(order) - 1, 0, -1):
        j = random.below(i + 1)
        order[i], order[j] = order[j], order[i]
    n = len(order)
    parts = [sorted(order[a:b]) for a, b in [(0, int(n * 0.6)), (int(n * 0.6), int(n * 0.8)), (int(n * 0.8), n)]]
    x, y = [before[[moved[i] for i in part]] for part in parts], [after[[moved[i] for i in part]] for part in parts]
    kinds = [("procrustes", None)] + [("ridge", ridge_lambda) for ridge_lambda in lambdas]

    def fit(kind, ridge_lambda, a, b):
        return procrustes(a, b) if kind == "procrustes" else ridge(a, b, ridge_lambda)

    fitted = [fit(*kind, x[0], y[0]) for kind in kinds]
    errors = [map_error(a, x[1], y[1]) for a in fitted]
    best = int(np.argmin(errors))
    random, drawn = SeededRandom(seed), []
    for _ in range(1000):
        picked = [random.below(len(x[2])) for _ in x[2]]
        drawn.append(map_error(fitted[best], x[2][picked], y[2][picked]))
    return {
        "seed": seed,
        "lambdas": lambdas,
        "kind": kinds[best][0],
        "lambda": kinds[best][1],
        "candidates": [{"kind": k, "lambda": l, "choiceError": e} for (k, l), e in zip(kinds, errors)],
        "heldOutError": {
            "estimate": map_error(fitted[best], x[2], y[2]),
            "low": float(np.quantile(drawn, 0.025)),
            "high": float(np.quantile(drawn, 1 - 0.025)),
        },
        "matrix": fit(*kinds[best], before[moved], after[moved]).flatten().tolist(),
    }


def positive(vector):
    return vector if vector[np.argmax(np.abs(vector))] > 0 else -vector


def drift_map(chosen):
    both = np.vstack([before[chosen], after[chosen]])
    centred = both - both.mean(0)
    _, singular, right = linalg.svd(centred, full_matrices=False)
    places = centred @ np.array([positive(right[0]), positive(right[1])]).T
    variance = singular**2
    return {
        "words": [words[i] for i in chosen],
        "before": places[: len(chosen)].tolist(),
        "after": places[len(chosen) :].tolist(),
        "explained": (variance[:2] / variance.sum()).tolist(),
    }


# ---- Retention.
def similarity():
    pairs = [(int(a), int(b), float(np.round(s))) for a, b, s in zip(*numbers.integers(0, ROWS, (2, 40)), 10 * numbers.random(40))]
    # Words that are in no table, and zero vectors, are left out.
    used = [p for p in pairs if not ({p[0], p[1]} & {3, 4, 5})]
    scores = [s for _, _, s in used]

    def correlation(when):
        return float(stats.spearmanr(scores, [cosine(when, a, b) for a, b, _ in used]).statistic)

    lines = [f"{words[a]}\t{words[b]}\t{s:g}" for a, b, s in pairs] + ["w1\tnowhere\t3"]
    return {
        "file": "\n".join(["Word 1\tWord 2\tHuman (mean)", *lines]) + "\n",
        "before": correlation("before"),
        "after": correlation("after"),
        "pairs": len(lines),
        "used": len(used),
    }


def analogies(candidates):
    lines, sections = [], {}
    for section in ("one", "two: more"):
        lines.append(f": {section}")
        sections[section] = []
        for _ in range(60):
            a, b, c = (int(i) for i in numbers.choice(np.arange(8, 40), 3, replace=False))
            # The answer before or after, so that some are solved by either.
            when = "before" if numbers.random() < 0.6 else "after"
            d = answer(when, a, b, c, candidates)
            lines.append(" ".join(words[i] for i in (a, b, c, d)))
            sections[section].append((a, b, c, d))
        lines.append("w1 w2 w3 nowhere")
        lines.append(f"w1 w2 w3 {words[candidates]}")

    def score(name, questions, total):
        solved = {
            when: sum(answer(when, a, b, c, candidates) == d for a, b, c, d in questions) / len(questions)
            for when in ("before", "after")
        }
        return {"section": name, "total": total, "used": len(questions), **solved}

    return {
        "file": "\n".join(lines) + "\n",
        "candidates": candidates,
        "all": score("all", [q for s in sections.values() for q in s], 124),
        "sections": [score(name, questions, 62) for name, questions in sections.items()],
    }


def answer(when, a, b, c, candidates):
    u = U[when]
    scores = {x: math.fsum(u[x] * (u[b] - u[a] + u[c])) for x in range(candidates) if x not in (a, b, c)}
    return max(scores, key=lambda x: (scores[x], -x))


def most_moved(top):
    order = sorted(rows, key=lambda r: (-r["cosineDistance"], r["row"]))[:top]
    everything = list(range(ROWS))

    def near(when, i):
        return [words[j] for j in nearest(when, i, 5, everything)] if U[when][i].any() else []

    return [
        {
            "word": words[r["row"]],
            "cosineDistance": r["cosineDistance"],
            "l2": r["l2"],
            "count": counts[r["row"]],
            "neighborsBefore": near("before", r["row"]),
            "neighborsAfter": near("after", r["row"]),
        }
        for r in order
    ]


shared_sample = SeededRandom(6).choose(range(ROWS), 60)
moved_sample = SeededRandom(5).choose(moved, 60)
json.dump(
    {
        "source": "numpy and scipy in float64, from the definitions",
        "generator": "test-fixtures/drift/make_drift_figures.py",
        "versions": {"numpy": np.__version__, "scipy": scipy.__version__},
        "seed": SEED,
        "licence": "MIT",
        "words": words,
        "dimension": D,
        "before": before.flatten().tolist(),
        "after": after.flatten().tolist(),
        "counts": counts,
        "seen": seen,
        "rows": rows,
        "summary": summary(rows),
        "bands": bands([0, 1, 2, 10, 100, 1000]),
        "finerBands": {"starts": [0, 3, 20], "figures": bands([0, 3, 20])},
        "neighborOverlap": [
            neighbor_overlap(10, 200, 10_000, 1),
            neighbor_overlap(5, 12, 40, 3),
            neighbor_overlap(3, 20, 25, 8),
        ],
        "breakBySeen": [
            seen_break(4, 200, 10_000, 1, neverSeen),
            seen_break(3, 8, 30, 5, neverSeen),
        ],
        "breakByMoved": seen_break(4, 200, 10_000, 1, [i for i in range(ROWS) if i not in moved]),
        "cka": {
            "seed": 5,
            "sample": 60,
            "moved": cka(before[moved_sample], after[moved_sample]),
            "shared": cka(before[shared_sample], after[shared_sample]),
            "all": cka(before, after),
        },
        "isotropy": {
            "averageCosine": {"before": average_cosine(before), "after": average_cosine(after)},
            "partition": {"before": partition(before), "after": partition(after)},
        },
        "norms": {"before": norms(before[moved]), "after": norms(after[moved])},
        "procrustes": procrustes(before[moved], after[moved]).flatten().tolist(),
        "ridge": [
            {"lambda": value, "matrix": ridge(before[moved], after[moved], value).flatten().tolist()}
            for value in (1e-3, 0.5, 100.0)
        ],
        "learnedMap": learned_map(2, [1e-3, 0.1, 10.0]),
        "driftMap": drift_map([i for i in moved[:20]]),
        "similarity": similarity(),
        "analogies": analogies(70),
        "mostMoved": most_moved(12),
    },
    sys.stdout,
    indent=None,
    separators=(", ", ": "),
)
print()
