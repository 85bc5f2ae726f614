"""Writes statistics.json: intervals and paired tests by scipy, statsmodels and numpy.

    python packages/analysis/test/generate_statistics.py > packages/analysis/test/statistics.json

Bootstraps and drawn permutations use the generator of test-fixtures/drift/seeded_random.py, so that resamples are the
same ones; statistic and quantiles are numpy's.
"""

import json
import pathlib
import sys

import numpy as np
import scipy
import statsmodels
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.proportion import proportion_confint

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "test-fixtures" / "drift"))
from seeded_random import SeededRandom  # noqa: E402

SEED = 11
numbers = np.random.default_rng(SEED)


def wilson(successes, trials, level):
    low, high = proportion_confint(successes, trials, alpha=1 - level, method="wilson")
    share = successes / trials
    return {
        "successes": successes,
        "trials": trials,
        "level": level,
        "low": float(low),
        "high": float(high),
        "standardError": float(stats.binom.std(trials, share) / trials),
    }


def mc_nemar(only_a, only_b):
    exact = mcnemar([[0, only_a], [only_b, 0]], exact=True).pvalue
    n, fewer = only_a + only_b, min(only_a, only_b)
    # Fagerland et al. 2013: the observed point counts half in each tail.
    one_sided = stats.binom.cdf(fewer, n, 0.5) - 0.5 * stats.binom.pmf(fewer, n, 0.5)
    return {"onlyA": only_a, "onlyB": only_b, "exact": float(min(1, exact)), "mid": float(2 * one_sided)}


def permutation_exact(differences):
    result = stats.permutation_test(
        (np.array(differences),), np.mean, permutation_type="samples", n_resamples=np.inf, alternative="two-sided"
    )
    return {"differences": differences, "pValue": float(result.pvalue), "estimate": float(result.statistic)}


def permutation_drawn(differences, permutations, seed):
    random, values = SeededRandom(seed), np.array([d for d in differences if d != 0])
    observed, count = abs(values.sum()), 0
    for _ in range(permutations):
        words = [random.uint32() for _ in range(-(-len(values) // 32))]
        signs = np.array([1 if words[i // 32] >> (i % 32) & 1 else -1 for i in range(len(values))])
        count += abs((signs * values).sum()) >= observed - 1e-9
    return {
        "differences": differences,
        "permutations": permutations,
        "seed": seed,
        "pValue": (int(count) + 1) / (permutations + 1),
        # What the drawn value scatters around.
        "sampled": float(
            stats.permutation_test(
                (np.array(differences),), np.mean, permutation_type="samples", n_resamples=20000, rng=SEED
            ).pvalue
        ),
    }


def interval(drawn, estimate, level):
    low, high = np.quantile(drawn, [(1 - level) / 2, 1 - (1 - level) / 2])
    return {"estimate": float(estimate), "low": float(low), "high": float(high)}


def bootstrap(values, statistic, name, resamples, level, seed):
    random, values = SeededRandom(seed), np.array(values)
    drawn = [statistic(values[[random.below(len(values)) for _ in values]]) for _ in range(resamples)]
    return {
        "values": values.tolist(),
        "statistic": name,
        "resamples": resamples,
        "level": level,
        "seed": seed,
        **interval(drawn, statistic(values), level),
    }


def paired(a, b, resamples, level, seed, resample_runs):
    random, differences = SeededRandom(seed), np.array(b) - np.array(a)
    runs, examples = differences.shape
    drawn = []
    for _ in range(resamples):
        picked = [random.below(runs) for _ in range(runs)] if resample_runs else list(range(runs))
        columns = [random.below(examples) for _ in range(examples)]
        drawn.append(differences[np.ix_(picked, columns)].mean())
    return {
        "a": a,
        "b": b,
        "resamples": resamples,
        "level": level,
        "seed": seed,
        "resampleRuns": resample_runs,
        **interval(drawn, differences.mean(), level),
    }


def bernoulli(shape, p):
    return (numbers.random(shape) < p).astype(int).tolist()


def large_sample():
    """A case large enough for scipy's own bootstrap and the normal interval to be near the percentile one."""
    values = bernoulli(2000, 0.8)
    result = stats.bootstrap((np.array(values),), np.mean, n_resamples=20000, method="percentile", rng=SEED)
    return {
        "values": values,
        "low": float(result.confidence_interval.low),
        "high": float(result.confidence_interval.high),
        "standardError": float(result.standard_error),
    }


small = np.round(numbers.normal(0.3, 1, 9), 3).tolist()
wide = np.round(numbers.normal(0.15, 1, 70), 3).tolist()
correct_a, correct_b = bernoulli((5, 40), 0.7), bernoulli((5, 40), 0.8)
shares = [1e-300, 1e-12, 0.001, 0.02, 0.075, 0.0750001, 0.1, 0.25, 0.5, 0.6, 0.925, 0.975, 0.995, 1 - 1e-10]
json.dump(
    {
        "source": "scipy, statsmodels and numpy in float64",
        "generator": "packages/analysis/test/generate_statistics.py",
        "versions": {"numpy": np.__version__, "scipy": scipy.__version__, "statsmodels": statsmodels.__version__},
        "seed": SEED,
        "licence": "MIT",
        "normalQuantiles": [{"p": p, "z": float(stats.norm.ppf(p))} for p in shares],
        "proportions": [
            wilson(*case)
            for case in [
                (0, 10, 0.95),
                (10, 10, 0.95),
                (1, 1, 0.95),
                (7, 10, 0.9),
                (823, 1066, 0.95),
                (823, 1066, 0.99),
                (2999, 3000, 0.8),
            ]
        ],
        "mcNemar": [
            mc_nemar(*case)
            for case in [(0, 1), (1, 0), (3, 3), (2, 9), (9, 2), (0, 12), (40, 61), (510, 480), (1200, 900), (2, 2000)]
        ],
        "permutationExact": [
            permutation_exact(case)
            for case in [small, [1, 1, 1, 1, 0, 0, -1], [0.1, 0.2, -0.3], [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]]
        ],
        "permutationDrawn": [permutation_drawn(wide, 999, 3), permutation_drawn([1] * 30 + [-1] * 15 + [0] * 9, 999, 4)],
        "bootstrap": [
            bootstrap(small, np.mean, "mean", 400, 0.95, 1),
            bootstrap(small, np.median, "median", 400, 0.9, 2),
            bootstrap([0.25], np.mean, "mean", 10, 0.95, 1),
        ],
        "paired": [
            paired(correct_a, correct_b, 300, 0.95, 1, False),
            paired(correct_a, correct_b, 300, 0.95, 1, True),
            paired(correct_a, correct_b, 300, 0.5, 2**33 + 5, True),
            paired(correct_a[:1], correct_b[:1], 300, 0.95, 7, False),
        ],
        "largeSample": large_sample(),
    },
    sys.stdout,
    indent=1,
)
print()
