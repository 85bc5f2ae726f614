"""Writes linear-models.json: what scikit-learn makes of a small problem of word counts, for the linear models of check/.

Run: python packages/text/test/generate_linear_models.py   (scikit-learn 1.9.1, numpy 2.4.6)
"""

import json
from pathlib import Path

import numpy
import sklearn
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import MultinomialNB

TEXTS = [
    "the film is good good good", "a good and warm film", "warm and funny the film", "the plot is bad", "bad bad film",
    "a cold and bad plot", "cold the film and long", "the plot is long and long", "a match of the team", "the team and the match",
    "good match a good team", "bad match", "the film of the team", "funny plot a funny film", "long match of a long season",
    "season and team",
]
LABELS = [0, 0, 0, 1, 1, 1, 1, 1, 2, 2, 2, 2, 0, 0, 2, 2]
BINARY = [int(label == 0) for label in LABELS]


def logistic(features, labels, strength):
    model = LogisticRegression(C=strength, tol=1e-12, max_iter=100_000).fit(features, labels)
    return {"C": strength, "probabilities": model.predict_proba(features).tolist(), "bias": model.intercept_.tolist()}


def main():
    words = TfidfVectorizer(min_df=2, sublinear_tf=True, token_pattern=r"(?u)\w+")
    pairs = TfidfVectorizer(min_df=1, sublinear_tf=True, token_pattern=r"(?u)\w+", ngram_range=(1, 2))
    features = words.fit_transform(TEXTS)
    wide = pairs.fit_transform(TEXTS)
    document = {
        "source": f"scikit-learn {sklearn.__version__}, numpy {numpy.__version__}",
        "generator": "packages/text/test/generate_linear_models.py",
        "texts": TEXTS,
        "labels": LABELS,
        "binary": BINARY,
        "words": {"terms": words.get_feature_names_out().tolist(), "rows": features.toarray().tolist()},
        "pairs": {"terms": len(pairs.get_feature_names_out()), "rowSums": wide.sum(axis=1).ravel().tolist()[0]},
        "logistic": [logistic(features, LABELS, strength) for strength in (0.5, 10.0)],
        "binaryLogistic": logistic(features, BINARY, 6.0),
        "naiveBayes": {
            "alpha": 0.3,
            "probabilities": MultinomialNB(alpha=0.3).fit(features, LABELS).predict_proba(features).tolist(),
        },
    }
    Path(__file__).with_name("linear-models.json").write_text(json.dumps(document, indent=1) + "\n")


main()
