"""Writes pulls.json: pulls towards a starting point, mixout and projections, by their definitions, in float64.

    python generate_pulls.py > pulls.json

Every pull is applied to every row in every step, as its paper defines it; nothing here is lazy. `config` and `pull` name the
same in core's terms. Steps with `times` are that step so many times over.
"""

import json
import math

import numpy
import torch

torch.set_default_dtype(torch.float64)
SEED = 20261123
generator = torch.Generator().manual_seed(SEED)
V, D = 5, 3


def normal(*shape):
    return torch.randn(*shape, generator=generator)


def sequence(absence):
    """Steps with their rows and learning rates; row 2 comes early and late, row 4 never. `absence` empty steps lie between."""
    touched = [([0, 1], 1), ([1, 2], 1), ([0, 3], 1), ([], absence), ([3], 1), ([0, 1, 2], 1), ([], 2), ([1], 1)]
    return [(rows, times, 0.1 / (1 + 0.3 * i), normal(len(rows), D)) for i, (rows, times) in enumerate(touched)]


def trajectory(name, config, pull, make, options):
    """Runs `make`'s optimizer and the pull; records the table after each step.

    `options`: `sparse` gradients, `absence`, `pull(w, w0, lr, t)` in place after the optimizer's step, `gradient(w, w0)` to be
    added, `scale(t)` of the learning rate of the optimizer.
    """
    anchor = normal(V, D)
    parameter = (anchor + options.get("start", 0) * normal(V, D)).requires_grad_()
    start = parameter.detach().clone()
    optimizer = make([parameter])
    steps, t = [], 0
    for rows, times, learning_rate, gradient in sequence(options.get("absence", 3)):
        for _ in range(times):
            t += 1
            index = torch.tensor(rows, dtype=torch.long)
            added = options["gradient"](parameter.detach(), anchor) if "gradient" in options else torch.zeros(V, D)
            if options["sparse"]:
                parameter.grad = torch.sparse_coo_tensor(index[None], gradient + added[index], (V, D))
            else:
                parameter.grad = torch.zeros(V, D).index_copy(0, index, gradient) + added
            for group in optimizer.param_groups:
                group["lr"] = learning_rate * (options["scale"](t) if "scale" in options else 1)
            optimizer.step()
            if "pull" in options:
                with torch.no_grad():
                    options["pull"](parameter, anchor, learning_rate, t)
        steps.append(
            {
                "rows": rows,
                "times": times,
                "learningRate": learning_rate,
                "gradient": gradient.flatten().tolist(),
                "values": parameter.detach().flatten().tolist(),
            }
        )
    return {
        "name": name,
        "config": config,
        "pull": pull,
        "anchor": anchor.flatten().tolist(),
        "start": start.flatten().tolist(),
        "steps": steps,
    }


def autograd_l2sp(strength):
    """The gradient of Li et al.'s equation 3, by autograd."""

    def gradient(w, w0):
        x = w.clone().requires_grad_()
        (strength / 2 * ((x - w0) ** 2).sum()).backward()
        return x.grad

    return gradient


def decoupled(strength):
    def pull(w, w0, learning_rate, t):
        w.add_(w - w0, alpha=-min(1, learning_rate * strength))

    return pull


def sigmoid(k, t0):
    return lambda t: 1 / (1 + math.exp(-k * (t - t0)))


def linear(steps):
    return lambda t: min(1, t / steps)


def recadam(gamma, weight):
    """The second half of RecAdam's update; the first is Adam's with its step times `weight`."""

    def pull(w, w0, learning_rate, t):
        w.add_(w - w0, alpha=-learning_rate * (1 - weight(t)) * gamma)

    return pull


def official_recadam(name, annealing, weight, gamma, betas, eps):
    """Algorithm 1 of Chen et al. 2020 as the authors' optimizer computes it, written down again in numpy."""
    anchor = normal(V, D).numpy()
    w = anchor.copy()
    m, v = numpy.zeros((V, D)), numpy.zeros((V, D))
    steps, t = [], 0
    for rows, times, learning_rate, gradient in sequence(4):
        for _ in range(times):
            t += 1
            g = numpy.zeros((V, D))
            g[rows] = gradient.numpy()
            m = betas[0] * m + (1 - betas[0]) * g
            v = betas[1] * v + (1 - betas[1]) * g * g
            size = learning_rate * math.sqrt(1 - betas[1] ** t) / (1 - betas[0] ** t)
            w = w - size * weight(t) * m / (numpy.sqrt(v) + eps)
            w = w - learning_rate * (1 - weight(t)) * gamma * (w - anchor)
        steps.append(
            {
                "rows": rows,
                "times": times,
                "learningRate": learning_rate,
                "gradient": gradient.flatten().tolist(),
                "values": w.flatten().tolist(),
            }
        )
    return {
        "name": name,
        "config": {
            "type": "adam",
            "learningRate": 0.1,
            "betas": betas,
            "epsilon": eps,
            "rowUpdates": "dense",
            "rowStep": "global",
            "epsilonPlacement": "before",
        },
        "pull": {"type": "recadam", "strength": gamma, "annealing": annealing},
        "anchor": anchor.flatten().tolist(),
        "start": anchor.flatten().tolist(),
        "steps": steps,
    }


U32 = 2**32


def scramble(x):
    z = x ^ (x >> 16)
    z = z * 0x21F0AAAD % U32
    z ^= z >> 15
    z = z * 0x735A2D97 % U32
    return z ^ (z >> 15)


def mixout_mask(seed, step, row, p):
    """M of each component: 31 bits of a hash of (seed, step, row), 1 where the pre-trained component is taken."""
    state = scramble((scramble((scramble(seed) + step) % U32) + row) % U32)
    return [1.0 if scramble((state + (d + 1) * 0x9E3779B9) % U32) >> 1 < p * 2**31 else 0.0 for d in range(D)]


def mixout(name, p, seed, step):
    """Forward and gradient of Lee et al.'s equation 5 by autograd, a mask a row."""
    anchor, way, upstream = normal(V, D), normal(V, D), normal(V, D)
    w = (anchor + way).requires_grad_()
    mask = torch.tensor([mixout_mask(seed, step, row, p) for row in range(V)])
    mixed = (mask * anchor + (1 - mask) * w - p * anchor) / (1 - p)
    mixed.backward(upstream)
    return {
        "name": name,
        "probability": p,
        "seed": seed,
        "step": step,
        "anchor": anchor.flatten().tolist(),
        "values": w.detach().flatten().tolist(),
        "mask": mask.flatten().tolist(),
        "mixed": mixed.detach().flatten().tolist(),
        "upstream": upstream.flatten().tolist(),
        "gradient": w.grad.flatten().tolist(),
    }


def rotated(anchor, w, limit):
    """Spherical interpolation (Shoemake 1985) from the anchor's direction towards w's, to the angle of the limit."""
    a, b = anchor / numpy.linalg.norm(anchor), w / numpy.linalg.norm(w)
    angle, target = math.acos(float(a @ b)), math.acos(1 - limit)
    if angle <= target:
        return w
    share = target / angle
    direction = (math.sin((1 - share) * angle) * a + math.sin(share * angle) * b) / math.sin(angle)
    return numpy.linalg.norm(w) * direction


def shortened(anchor, w, radius):
    distance = numpy.linalg.norm(w - anchor)
    return w if distance <= radius else anchor + (w - anchor) * radius / distance


def projection(name, region, spread):
    """Rows near and far, by the closed forms; with several limits the rotation comes first."""
    anchor = normal(V, D).numpy()
    w = anchor + spread * normal(V, D).numpy()
    projected = []
    for u, row in zip(anchor, w):
        if "maxCosineDistance" in region:
            row = rotated(u, row, region["maxCosineDistance"])
        if "maxL2" in region:
            row = shortened(u, row, region["maxL2"])
        if "maxRelativeL2" in region:
            row = shortened(u, row, region["maxRelativeL2"] * numpy.linalg.norm(u))
        projected += row.tolist()
    return {
        "name": name,
        "region": region,
        "anchor": anchor.flatten().tolist(),
        "values": w.flatten().tolist(),
        "projected": projected,
    }


optim = torch.optim
sgd = {"type": "sgd", "learningRate": 0.1}
adam = {"type": "adam", "learningRate": 0.1}
sparse_adam = {**adam, "rowStep": "global", "epsilonPlacement": "before"}


def l2sp(strength, **more):
    return {"type": "l2-sp", "strength": strength, **more}


def make_sgd(parameters):
    return optim.SGD(parameters, lr=0.1)


rec_sigmoid = {"kind": "sigmoid", "slope": 0.6, "center": 6}
rec_linear = {"kind": "linear", "steps": 9}
result = {
    "source": "definitions of the papers and torch.optim, float64",
    "generator": "packages/core/test/generate_pulls.py",
    "torch": torch.__version__.split("+")[0],
    "numpy": numpy.__version__,
    "seed": SEED,
    "licence": "MIT",
    "trajectories": [
        trajectory("l2-sp, sparse sgd", sgd, l2sp(0.8), make_sgd, {"sparse": True, "pull": decoupled(0.8)}),
        trajectory(
            "l2-sp, sparse sgd, rows absent for 5000 steps",
            sgd,
            l2sp(0.01),
            make_sgd,
            {"sparse": True, "absence": 5000, "start": 1, "pull": decoupled(0.01)},
        ),
        trajectory(
            "l2-sp, sparse sgd, an absence that leaves less than the smallest number",
            sgd,
            l2sp(6),
            make_sgd,
            {"sparse": True, "absence": 3000, "start": 1, "pull": decoupled(6)},
        ),
        trajectory(
            "l2-sp, sparse sgd, a step that would go beyond the anchor",
            sgd,
            l2sp(12),
            make_sgd,
            {"sparse": True, "start": 1, "pull": decoupled(12)},
        ),
        trajectory(
            "l2-sp, sparse adam",
            sparse_adam,
            l2sp(0.5),
            lambda p: optim.SparseAdam(p, lr=0.1),
            {"sparse": True, "start": 0.5, "pull": decoupled(0.5)},
        ),
        trajectory(
            "l2-sp, sparse adagrad",
            {"type": "adagrad", "learningRate": 0.1},
            l2sp(0.5),
            lambda p: optim.Adagrad(p, lr=0.1),
            {"sparse": True, "pull": decoupled(0.5)},
        ),
        trajectory(
            "l2-sp, dense momentum",
            {**sgd, "momentum": 0.9, "rowUpdates": "dense"},
            l2sp(0.5),
            lambda p: optim.SGD(p, lr=0.1, momentum=0.9),
            {"sparse": False, "start": 0.5, "pull": decoupled(0.5)},
        ),
        trajectory(
            "l2-sp, dense adamw",
            {**adam, "rowUpdates": "dense", "rowStep": "global", "weightDecay": 0.1, "decoupled": True},
            l2sp(0.5),
            lambda p: optim.AdamW(p, lr=0.1, weight_decay=0.1),
            {"sparse": False, "start": 0.5, "pull": decoupled(0.5)},
        ),
        trajectory(
            "coupled l2-sp, sparse sgd",
            sgd,
            l2sp(0.8, coupled=True),
            make_sgd,
            {"sparse": True, "start": 0.5, "gradient": autograd_l2sp(0.8)},
        ),
        trajectory(
            "coupled l2-sp, sparse adam",
            sparse_adam,
            l2sp(0.8, coupled=True),
            lambda p: optim.SparseAdam(p, lr=0.1),
            {"sparse": True, "start": 0.5, "gradient": autograd_l2sp(0.8)},
        ),
        trajectory(
            "coupled l2-sp, dense adam",
            {**adam, "rowUpdates": "dense", "rowStep": "global"},
            l2sp(0.8, coupled=True),
            lambda p: optim.Adam(p, lr=0.1),
            {"sparse": False, "start": 0.5, "gradient": autograd_l2sp(0.8)},
        ),
        trajectory(
            "coupled l2-sp, dense nesterov",
            {**sgd, "momentum": 0.9, "nesterov": True, "rowUpdates": "dense"},
            l2sp(0.8, coupled=True),
            lambda p: optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True),
            {"sparse": False, "start": 0.5, "gradient": autograd_l2sp(0.8)},
        ),
        official_recadam("recadam, sigmoid", rec_sigmoid, sigmoid(0.6, 6), 3.0, [0.9, 0.999], 1e-6),
        official_recadam("recadam, linear, betas", rec_linear, linear(9), 5.0, [0.8, 0.95], 1e-3),
        trajectory(
            "recadam, sparse sgd, sigmoid, rows absent for 1000 steps",
            sgd,
            {"type": "recadam", "strength": 2, "annealing": {"kind": "sigmoid", "slope": 0.005, "center": 400}},
            make_sgd,
            {
                "sparse": True,
                "absence": 1000,
                "start": 1,
                "scale": sigmoid(0.005, 400),
                "pull": recadam(2, sigmoid(0.005, 400)),
            },
        ),
        trajectory(
            "recadam, sparse adam, linear",
            sparse_adam,
            {"type": "recadam", "strength": 4, "annealing": rec_linear},
            lambda p: optim.SparseAdam(p, lr=0.1),
            {"sparse": True, "start": 0.5, "scale": linear(9), "pull": recadam(4, linear(9))},
        ),
    ],
    "mixouts": [
        mixout("half", 0.5, 7, 1),
        mixout("a tenth", 0.1, 7, 12),
        mixout("nine tenths, another seed", 0.9, 4000000000, 3),
    ],
    "projections": [
        projection("l2", {"maxL2": 0.5}, 0.6),
        projection("relative l2", {"maxRelativeL2": 0.25}, 0.5),
        projection("cosine", {"maxCosineDistance": 0.1}, 1),
        projection("a small cosine", {"maxCosineDistance": 1e-4}, 1),
        projection("an obtuse cosine", {"maxCosineDistance": 1.2}, 4),
        projection("all three", {"maxCosineDistance": 0.05, "maxL2": 0.6, "maxRelativeL2": 0.4}, 1),
    ],
}
print(json.dumps(result, indent=1))
