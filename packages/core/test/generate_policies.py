"""Writes policies.json: class-indicative statistics (scipy, scikit-learn) and drift by frequency band (numpy, scipy).

    python generate_policies.py > policies.json
"""

import json

import numpy as np
import scipy
import sklearn
from scipy.spatial.distance import cosine
from scipy.special import rel_entr
from sklearn.metrics import mutual_info_score

SEED = 11
random = np.random.default_rng(SEED)


def class_indicative(name, rows, classes, smoothing):
    """`counts` [R, C]: examples of the class that hold the row; every row is held by one at least."""
    examples = random.integers(20, 60, classes)
    counts = (random.random((rows, classes)) ** 3 * (examples + 1)).astype(int)
    counts[counts.sum(1) == 0, 0] = 1
    log_odds, information = [], []
    for held in counts:
        of_class = []
        for c in range(classes):
            a, b = held[c], held.sum() - held[c]
            table = np.array([[a, examples[c] - a], [b, examples.sum() - examples[c] - b]]) + smoothing
            # scipy's odds_ratio takes whole numbers; this is its kind="sample".
            of_class.append(float(np.log(table[0, 0] * table[1, 1] / (table[0, 1] * table[1, 0]))))
        log_odds.append(of_class)
        contingency = np.stack([held, examples - held]) + smoothing
        joint = contingency / contingency.sum()
        information.append(float(rel_entr(joint, np.outer(joint.sum(1), joint.sum(0))).sum()))
        # scikit-learn's takes whole numbers only.
        whole = np.stack([held, examples - held])
        joint = whole / whole.sum()
        plain = rel_entr(joint, np.outer(joint.sum(1), joint.sum(0))).sum()
        assert abs(plain - mutual_info_score(None, None, contingency=whole)) < 1e-12
    return {
        "name": name,
        "classes": classes,
        "smoothing": smoothing,
        "examples": examples.tolist(),
        "counts": counts.flatten().tolist(),
        "logOdds": log_odds,
        "mutualInformation": information,
    }


def bands(rows, dimension, starts):
    before = random.normal(size=(rows, dimension))
    after = before + random.normal(size=(rows, dimension)) * random.random((rows, 1)) * (random.random((rows, 1)) < 0.8)
    counts = (10 ** (random.random(rows) * 4.2) - 1).astype(int)
    pretrained = (random.random(rows) < 0.85).astype(int)
    moved = (before != after).any(1)
    result = []
    for i, start in enumerate(starts):
        end = starts[i + 1] if i + 1 < len(starts) else None
        inside = (counts >= start) & (pretrained == 1) & ((counts < end) if end is not None else True)
        chosen = np.flatnonzero(inside & moved)
        distances = [cosine(before[r], after[r]) for r in chosen]
        result.append(
            {
                "from": start,
                "to": end,
                "rows": int(inside.sum()),
                "movedRows": len(chosen),
                "meanCosineDistance": float(np.mean(distances)) if len(chosen) else 0,
                "p95CosineDistance": float(np.quantile(distances, 0.95)) if len(chosen) else 0,
                "meanL2": float(np.linalg.norm(after[chosen] - before[chosen], axis=1).mean()) if len(chosen) else 0,
            }
        )
    return {
        "dimension": dimension,
        "before": before.flatten().tolist(),
        "after": after.flatten().tolist(),
        "counts": counts.tolist(),
        "pretrained": pretrained.tolist(),
        "starts": starts,
        "bands": result,
    }


print(
    json.dumps(
        {
            "source": "scipy, scikit-learn and numpy in float64",
            "generator": "packages/core/test/generate_policies.py",
            "versions": {"numpy": np.__version__, "scipy": scipy.__version__, "sklearn": sklearn.__version__},
            "seed": SEED,
            "licence": "MIT",
            "classIndicative": [
                class_indicative("two classes", 8, 2, 0.5),
                class_indicative("four classes, little smoothing", 8, 4, 0.1),
                class_indicative("three classes, much smoothing", 6, 3, 2.0),
            ],
            "bands": bands(60, 4, [1, 2, 10, 100, 1000]),
        }
    )
)
