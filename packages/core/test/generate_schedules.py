"""Writes schedules.json: learning rate multipliers of published schedules.

    python generate_schedules.py > schedules.json

one-cycle: torch.optim.lr_scheduler.OneCycleLR. linear: the formula of get_linear_schedule_with_warmup (Hugging Face
transformers), on torch's LambdaLR. slanted: Howard and Ruder 2018, equation 3, written out here.
"""

import json
import math
import warnings

import torch

warnings.filterwarnings("ignore")
torch.set_default_dtype(torch.float64)


def run(total, make):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    scheduler = make(optimizer)
    rates = []
    for step in range(total):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if step + 1 < total:
            scheduler.step()
    return rates


def one_cycle(total, **config):
    names = {"peakFraction": "pct_start", "initialDivisor": "div_factor", "finalDivisor": "final_div_factor"}
    given = {names[key]: value for key, value in config.items()}
    make = lambda o: torch.optim.lr_scheduler.OneCycleLR(o, max_lr=1.0, total_steps=total, cycle_momentum=False, **given)
    return {"config": {"type": "one-cycle", **config}, "totalSteps": total, "multipliers": run(total, make)}


def linear(total, warmup_steps, config):
    def factor(step):
        if step < warmup_steps:
            return float(step) / float(max(1, warmup_steps))
        return max(0.0, float(total - step) / float(max(1, total - warmup_steps)))

    make = lambda o: torch.optim.lr_scheduler.LambdaLR(o, factor)
    return {"config": {"type": "linear", **config}, "totalSteps": total, "multipliers": run(total, make)}


def slanted(total, cut_frac=0.1, ratio=32):
    cut = math.floor(total * cut_frac)

    def multiplier(t):
        p = t / cut if t < cut else 1 - (t - cut) / (cut * (1 / cut_frac - 1))
        return (1 + p * (ratio - 1)) / ratio

    return {
        "config": {"type": "slanted", "cutFraction": cut_frac, "ratio": ratio},
        "totalSteps": total,
        "multipliers": [multiplier(t) for t in range(total)],
    }


print(
    json.dumps(
        {
            "source": "torch.optim.lr_scheduler, Hugging Face transformers' formula, ULMFiT equation 3",
            "generator": "packages/core/test/generate_schedules.py",
            "torch": torch.__version__.split("+")[0],
            "licence": "MIT",
            "cases": [
                one_cycle(10),
                one_cycle(23),
                one_cycle(20, peakFraction=0.5, initialDivisor=10, finalDivisor=100),
                linear(10, 3, {"warmup": 3}),
                linear(20, 2, {"warmup": 0.1}),
                linear(5, 0, {}),
                slanted(20),
                slanted(40, 0.25, 8),
            ],
        },
        indent=1,
    )
)
