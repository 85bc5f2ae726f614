"""Writes fixtures/heads.json: logits, loss and gradients of the heads as PyTorch computes them in float64.

    python generate_heads.py      (torch, any recent version; the committed file names the one that made it)
"""

import json
from pathlib import Path

import torch
import torch.nn.functional as F

SEED = 20261124
torch.set_default_dtype(torch.float64)
generator = torch.Generator().manual_seed(SEED)
ACTIVATIONS = {"relu": F.relu, "tanh": torch.tanh, "gelu": F.gelu}


def normal(*shape, scale=0.5):
    return torch.randn(shape, generator=generator) * scale


def encode(x):
    return {"shape": list(x.shape), "data": [n + 0 for n in x.reshape(-1).tolist()]}


def case(name, head, B=4, scale=0.5, class_weights=None, smoothing=0.0, dropout=None):
    D, C = head["dimension"], head["classes"]
    values = {"embedding": normal(B, D, scale=scale)}
    if name.endswith("empty"):
        values["embedding"][-1] = 0
    features = D
    if head["type"] == "mlp":
        features = head["hidden"]
        values["hidden.weight"] = normal(features, D)
        values["hidden.bias"] = normal(features)
    values["linear.weight"] = normal(C, features)
    values["linear.bias"] = normal(C)
    masks = {}
    if dropout:
        width = D if dropout == "dropout.embedding" else features
        masks[dropout] = (torch.rand((B, width), generator=generator) >= head["dropout"]) / (1 - head["dropout"])
    leaves = {k: v.requires_grad_() for k, v in values.items()}
    x = leaves["embedding"]
    if head["type"] == "mlp":
        x = ACTIVATIONS[head["activation"]](F.linear(x, leaves["hidden.weight"], leaves["hidden.bias"]))
    for mask in masks.values():
        x = x * mask
    logits = F.linear(x, leaves["linear.weight"], leaves["linear.bias"])
    labels = torch.randint(0, C, (B,), generator=generator)
    weight = None if class_weights is None else torch.tensor(class_weights)
    loss = F.cross_entropy(logits, labels, weight=weight, label_smoothing=smoothing)
    grads = dict(zip(leaves, torch.autograd.grad(loss, list(leaves.values()))))
    return {"name": name, "head": head, "labels": labels.tolist(), "classWeights": class_weights, "labelSmoothing": smoothing,
            "values": {k: encode(v.detach()) for k, v in leaves.items()}, "masks": {k: encode(v) for k, v in masks.items()},
            "logits": encode(logits.detach()), "loss": loss.item(), "gradients": {k: encode(v) for k, v in grads.items()}}


def linear(**more):
    return {"type": "linear", "dimension": 5, "classes": 3, **more}


def mlp(activation, **more):
    return {"type": "mlp", "dimension": 5, "classes": 3, "hidden": 4, "activation": activation, **more}


cases = [
    case("linear", linear()),
    case("linear, one example", linear(), B=1),
    case("linear, two classes", linear(classes=2)),
    case("linear, class weights and smoothing", linear(), class_weights=[0.5, 1.75, 1.25], smoothing=0.1),
    case("linear, dropout", linear(dropout=0.25), dropout="dropout.embedding"),
    case("linear, saturated", linear(), scale=60.0),
    case("linear, last example empty", linear()),
    case("mlp relu", mlp("relu")),
    case("mlp tanh, class weights", mlp("tanh"), class_weights=[2.0, 0.5, 1.0]),
    case("mlp gelu, smoothing", mlp("gelu"), smoothing=0.2),
    case("mlp relu, dropout", mlp("relu", dropout=0.5), dropout="dropout.hidden"),
    case("mlp gelu, one example", mlp("gelu"), B=1),
]


def line(value):
    return json.dumps(value, separators=(",", ":"))


head = {"source": f"PyTorch {torch.__version__}, float64, CPU", "generator": "packages/backend-reference/test/generate_heads.py",
        "seed": SEED, "licence": "CC0-1.0: numbers made for this test"}
path = Path(__file__).parent / "fixtures" / "heads.json"
body = ",\n".join(line(c) for c in cases)
path.write_text("{" + ",\n".join(f"{line(k)}:{line(v)}" for k, v in head.items()) + ',\n"cases":[\n' + body + "\n]}\n")
print(len(cases), "cases,", path.stat().st_size, "bytes")
