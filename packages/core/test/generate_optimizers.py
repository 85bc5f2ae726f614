"""Writes optimizers.json: optimizer trajectories of PyTorch in float64.

    python generate_optimizers.py > optimizers.json

Each case runs an optimizer of torch.optim on given gradients. `config` names the same optimizer in core's terms.
"""

import json

import torch

torch.set_default_dtype(torch.float64)
SEED = 20240611
generator = torch.Generator().manual_seed(SEED)
STEPS = 5


def normal(*shape):
    return torch.randn(*shape, generator=generator)


def dense(name, config, make):
    """One tensor of four numbers."""
    initial = normal(4)
    gradients = [normal(4) for _ in range(STEPS)]
    parameter = initial.clone().requires_grad_()
    optimizer = make([parameter])
    values = []
    for gradient in gradients:
        parameter.grad = gradient.clone()
        optimizer.step()
        values.append(parameter.detach().tolist())
    return {
        "name": name,
        "config": config,
        "initial": initial.tolist(),
        "gradients": [gradient.tolist() for gradient in gradients],
        "values": values,
    }


def rows(name, config, make, sparse):
    """A table of four rows of two numbers; each step has gradients for some rows, some rows have their first one late."""
    table = normal(4, 2)
    touched = [[0, 1], [1], [0, 1, 3], [3], [0, 2]]
    parameter = table.clone().requires_grad_()
    optimizer = make([parameter])
    steps = []
    for present in touched:
        gradient = normal(len(present), 2)
        if sparse:
            parameter.grad = torch.sparse_coo_tensor(torch.tensor([present]), gradient, (4, 2))
        else:
            parameter.grad = torch.zeros(4, 2).index_copy(0, torch.tensor(present), gradient)
        optimizer.step()
        steps.append(
            {
                "rows": present,
                "gradient": gradient.flatten().tolist(),
                "values": parameter.detach().flatten().tolist(),
            }
        )
    return {"name": name, "config": config, "table": table.flatten().tolist(), "steps": steps}


def clipped(name, max_norm, scale):
    gradients = [normal(3) * scale, normal(2) * scale]
    parameters = [torch.zeros_like(gradient).requires_grad_() for gradient in gradients]
    for parameter, gradient in zip(parameters, gradients):
        parameter.grad = gradient.clone()
    torch.nn.utils.clip_grad_norm_(parameters, max_norm)
    return {
        "name": name,
        "maxNorm": max_norm,
        "gradients": [gradient.tolist() for gradient in gradients],
        "clipped": [parameter.grad.tolist() for parameter in parameters],
    }


optim = torch.optim
sgd, adam, adagrad = {"type": "sgd"}, {"type": "adam"}, {"type": "adagrad"}
result = {
    "source": "torch.optim and torch.nn.utils.clip_grad_norm_, float64",
    "generator": "packages/core/test/generate_optimizers.py",
    "torch": torch.__version__.split("+")[0],
    "seed": SEED,
    "licence": "MIT",
    "tensors": [
        dense("sgd", {**sgd, "learningRate": 0.1}, lambda p: optim.SGD(p, lr=0.1)),
        dense(
            "sgd, decay",
            {**sgd, "learningRate": 0.1, "weightDecay": 0.05},
            lambda p: optim.SGD(p, lr=0.1, weight_decay=0.05),
        ),
        dense(
            "momentum",
            {**sgd, "learningRate": 0.1, "momentum": 0.9},
            lambda p: optim.SGD(p, lr=0.1, momentum=0.9),
        ),
        dense(
            "momentum, decay",
            {**sgd, "learningRate": 0.1, "momentum": 0.8, "weightDecay": 0.05},
            lambda p: optim.SGD(p, lr=0.1, momentum=0.8, weight_decay=0.05),
        ),
        dense(
            "nesterov, decay",
            {**sgd, "learningRate": 0.1, "momentum": 0.9, "nesterov": True, "weightDecay": 0.01},
            lambda p: optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.01),
        ),
        dense("adagrad", {**adagrad, "learningRate": 0.2}, lambda p: optim.Adagrad(p, lr=0.2)),
        dense(
            "adagrad, decay, epsilon",
            {**adagrad, "learningRate": 0.2, "weightDecay": 0.1, "epsilon": 0.01},
            lambda p: optim.Adagrad(p, lr=0.2, weight_decay=0.1, eps=0.01),
        ),
        dense("adam", {**adam, "learningRate": 0.05}, lambda p: optim.Adam(p, lr=0.05)),
        dense(
            "adam, decay in the gradient, betas, epsilon",
            {**adam, "learningRate": 0.05, "betas": [0.8, 0.95], "epsilon": 0.001, "weightDecay": 0.1},
            lambda p: optim.Adam(p, lr=0.05, betas=(0.8, 0.95), eps=0.001, weight_decay=0.1),
        ),
        dense(
            "adamw",
            {**adam, "learningRate": 0.05, "weightDecay": 0.1, "decoupled": True},
            lambda p: optim.AdamW(p, lr=0.05, weight_decay=0.1),
        ),
    ],
    "rows": [
        rows(
            "sparse adam",
            {
                **adam,
                "learningRate": 0.05,
                "rowUpdates": "lazy",
                "rowStep": "global",
                "epsilonPlacement": "before",
            },
            lambda p: optim.SparseAdam(p, lr=0.05),
            True,
        ),
        rows(
            "sparse adam, large epsilon",
            {
                **adam,
                "learningRate": 0.05,
                "epsilon": 0.1,
                "rowUpdates": "lazy",
                "rowStep": "global",
                "epsilonPlacement": "before",
            },
            lambda p: optim.SparseAdam(p, lr=0.05, eps=0.1),
            True,
        ),
        rows(
            "sparse sgd",
            {**sgd, "learningRate": 0.1, "rowUpdates": "lazy"},
            lambda p: optim.SGD(p, lr=0.1),
            True,
        ),
        rows(
            "sparse adagrad",
            {**adagrad, "learningRate": 0.1, "rowUpdates": "lazy"},
            lambda p: optim.Adagrad(p, lr=0.1),
            True,
        ),
        rows(
            "dense momentum, decay",
            {**sgd, "learningRate": 0.1, "momentum": 0.9, "weightDecay": 0.05, "rowUpdates": "dense"},
            lambda p: optim.SGD(p, lr=0.1, momentum=0.9, weight_decay=0.05),
            False,
        ),
        rows(
            "dense adagrad, decay",
            {**adagrad, "learningRate": 0.1, "weightDecay": 0.05, "rowUpdates": "dense"},
            lambda p: optim.Adagrad(p, lr=0.1, weight_decay=0.05),
            False,
        ),
        rows(
            "dense adam",
            {**adam, "learningRate": 0.05, "rowUpdates": "dense"},
            lambda p: optim.Adam(p, lr=0.05),
            False,
        ),
        rows(
            "dense adam, global step",
            {**adam, "learningRate": 0.05, "weightDecay": 0.1, "rowUpdates": "dense", "rowStep": "global"},
            lambda p: optim.Adam(p, lr=0.05, weight_decay=0.1),
            False,
        ),
        rows(
            "dense adamw",
            {**adam, "learningRate": 0.05, "weightDecay": 0.1, "decoupled": True, "rowUpdates": "dense"},
            lambda p: optim.AdamW(p, lr=0.05, weight_decay=0.1),
            False,
        ),
    ],
    "clips": [clipped("above the norm", 0.5, 1), clipped("below the norm", 5, 0.1), clipped("far above", 0.01, 100)],
}
print(json.dumps(result, indent=1))
