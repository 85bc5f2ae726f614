"""Writes figures.json: classification metrics (scikit-learn, PyTorch), cross-entropy targets (PyTorch), quantiles (numpy).

    python generate_figures.py > figures.json
"""

import json

import numpy as np
import sklearn
import torch
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score, precision_recall_fscore_support

torch.set_default_dtype(torch.float64)
SEED = 7
random = np.random.default_rng(SEED)


def calibration_error(probabilities, labels, bins=15):
    """Guo et al. 2017: bins (a, b] of the top probability."""
    confidence, predicted = probabilities.max(1), probabilities.argmax(1)
    edges = np.linspace(0, 1, bins + 1)
    total = 0.0
    for low, high in zip(edges[:-1], edges[1:]):
        inside = (confidence > low) & (confidence <= high)
        if inside.any():
            gap = (predicted[inside] == labels[inside]).mean() - confidence[inside].mean()
            total += abs(gap) * inside.mean()
    return total


def metrics(name, rows, classes, scale=2.0, drop=()):
    logits = random.normal(size=(rows, classes)) * scale
    labels = random.integers(0, classes, rows)
    for label in drop:
        labels[labels == label] = (label + 1) % classes
        logits[:, label] = -50
    predicted = logits.argmax(1)
    tensor = torch.tensor(logits)
    precision, recall, f1, support = precision_recall_fscore_support(
        labels, predicted, labels=range(classes), zero_division=0
    )
    return {
        "name": name,
        "classes": classes,
        "logits": logits.flatten().tolist(),
        "labels": labels.tolist(),
        "accuracy": accuracy_score(labels, predicted),
        "macroF1": f1_score(labels, predicted, average="macro", zero_division=0),
        "loss": torch.nn.functional.cross_entropy(tensor, torch.tensor(labels)).item(),
        "calibrationError": calibration_error(tensor.softmax(1).numpy(), labels),
        "confusion": confusion_matrix(labels, predicted, labels=range(classes)).tolist(),
        "precision": precision.tolist(),
        "recall": recall.tolist(),
        "f1": f1.tolist(),
        "support": support.tolist(),
    }


def cross_entropy(name, rows, classes, weights, smoothing):
    logits = torch.tensor(random.normal(size=(rows, classes)))
    labels = torch.tensor(random.integers(0, classes, rows))
    weight = None if weights is None else torch.tensor(weights)
    loss = torch.nn.functional.cross_entropy(logits, labels, weight=weight, label_smoothing=smoothing)
    return {
        "name": name,
        "classes": classes,
        "logits": logits.flatten().tolist(),
        "labels": labels.tolist(),
        "classWeights": weights,
        "labelSmoothing": smoothing,
        "loss": loss.item(),
    }


def quantiles(size):
    values = np.sort(random.normal(size=size))
    asked = [0, 0.05, 0.25, 0.5, 0.75, 0.95, 1]
    return {"values": values.tolist(), "asked": asked, "quantiles": np.quantile(values, asked).tolist()}


print(
    json.dumps(
        {
            "source": "scikit-learn, PyTorch and numpy in float64",
            "generator": "packages/core/test/generate_figures.py",
            "versions": {
                "numpy": np.__version__,
                "sklearn": sklearn.__version__,
                "torch": torch.__version__.split("+")[0],
            },
            "seed": SEED,
            "licence": "MIT",
            "metrics": [
                metrics("two classes", 25, 2),
                metrics("four classes", 30, 4),
                metrics("a class that nothing has and nothing gets", 12, 3, drop=(1,)),
            ],
            "crossEntropy": [
                cross_entropy("plain", 4, 3, None, 0.0),
                cross_entropy("class weights", 5, 3, [0.5, 2.0, 1.25], 0.0),
                cross_entropy("label smoothing", 4, 3, None, 0.1),
                cross_entropy("both", 6, 4, [0.5, 2.0, 1.25, 0.0], 0.2),
            ],
            "quantiles": [quantiles(1), quantiles(2), quantiles(11), quantiles(20)],
        },
        indent=1,
    )
)
