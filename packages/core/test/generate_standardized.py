"""Writes standardized.json: a linear classifier on standardised mean vectors, trained by PyTorch in float64.

    python generate_standardized.py > standardized.json

The layer of the model reads z = (x - mean) / scale of the mean vectors x of its examples. `weight` and `bias` are those of
the same function of x itself. The table trains too; its gradient goes through the standardisation.
"""

import json
import math

import torch

torch.set_default_dtype(torch.float64)
SEED = 20261123
generator = torch.Generator().manual_seed(SEED)
STEPS = 6
EXAMPLES = [[0, 1, 2], [1, 3, 4, 4], [0, 5], [1, 1, 6, 7]]


def normal(*shape):
    return torch.randn(*shape, generator=generator)


table = normal(8, 3) * torch.tensor([0.1, 1.0, 3.0]) + torch.tensor([4.0, -1.0, 0.0])
table[0] = 0
labels = torch.tensor([example[0] for example in EXAMPLES])
weight, bias = normal(2, 3), normal(2)


def pooled(rows):
    return torch.stack([rows[example[1:]].mean(0) for example in EXAMPLES])


x = pooled(table)
mean = x.mean(0)
deviations = x.std(0, unbiased=False)
common = round(deviations.log2().mean().item())
scale = torch.tensor([2.0 ** (round(math.log2(s)) - common) for s in deviations])


def case(name, config, make):
    rows = table.clone().requires_grad_()
    w = (weight * scale).requires_grad_()
    b = (bias + weight @ mean).requires_grad_()
    optimizer = make(w, b, rows)
    steps = []
    for _ in range(STEPS):
        optimizer.zero_grad()
        logits = (pooled(rows) - mean) / scale @ w.T + b
        torch.nn.functional.cross_entropy(logits, labels).backward()
        optimizer.step()
        plain = (w / scale).detach()
        steps.append(
            {
                "weight": plain.flatten().tolist(),
                "bias": (b.detach() - plain @ mean).tolist(),
                "rows": rows.detach().flatten().tolist(),
            }
        )
    return {"name": name, "config": config, "steps": steps}


print(
    json.dumps(
        {
            "source": "torch.optim, float64",
            "generator": "packages/core/test/generate_standardized.py",
            "torch": torch.__version__.split("+")[0],
            "seed": SEED,
            "licence": "MIT",
            "examples": EXAMPLES,
            "table": table.flatten().tolist(),
            "weight": weight.flatten().tolist(),
            "bias": bias.tolist(),
            "mean": mean.tolist(),
            "scale": scale.tolist(),
            "cases": [
                case(
                    "sgd",
                    {"type": "sgd", "learningRate": 0.1},
                    lambda w, b, rows: torch.optim.SGD([w, b, rows], lr=0.1),
                ),
                case(
                    "adam with decay of the weights",
                    {"type": "adam", "learningRate": 0.05, "weightDecay": 0.1},
                    lambda w, b, rows: torch.optim.Adam(
                        [{"params": [w], "weight_decay": 0.1}, {"params": [b, rows]}], lr=0.05
                    ),
                ),
            ],
        },
        indent=1,
    )
)
