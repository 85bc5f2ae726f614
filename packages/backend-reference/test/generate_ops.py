"""Writes fixtures/ops.json: for every op of the table, results and gradients as PyTorch computes them in float64.

    python generate_ops.py        (torch, any recent version; the committed file names the one that made it)

Each case: op, attributes, inputs, output, and, where the output is float, a random cotangent and the gradient of
sum(output * cotangent) at each input (null where PyTorch has none). Inputs keep away from kinks, poles and ties.
"""

import json
import math
from pathlib import Path

import torch
import torch.nn.functional as F

SEED = 20261123
torch.set_default_dtype(torch.float64)
generator = torch.Generator().manual_seed(SEED)


def normal(*shape):
    """Normal numbers with absolute value at least 0.05: clear of the kink at 0."""
    x = torch.randn(shape, generator=generator)
    return torch.where(x.abs() < 0.05, x.sign() * 0.05 + x, x)


def positive(*shape):
    return torch.rand(shape, generator=generator) * 2 + 0.2


def distinct(*shape):
    """A shuffled arithmetic sequence: no two elements are near each other."""
    n = math.prod(shape)
    return (torch.randperm(n, generator=generator).to(torch.float64) * 0.37 - n * 0.15).reshape(shape)


def boolean(*shape):
    return torch.rand(shape, generator=generator) < 0.5


def integers(*shape):
    return torch.randint(-2, 3, shape, generator=generator, dtype=torch.int32)


def pad(x, before, after):
    pairs = [n for pair in zip(reversed(before), reversed(after)) for n in pair]
    return F.pad(x, pairs)


DTYPES = {"float": torch.float64, "int32": torch.int32, "bool": torch.bool}

OPS = {
    "Add": lambda a, b: a + b,
    "Sub": lambda a, b: a - b,
    "Mul": lambda a, b: a * b,
    "Div": lambda a, b: a / b,
    "Neg": lambda x: -x,
    "Exp": torch.exp,
    "Log": torch.log,
    "Sqrt": torch.sqrt,
    "Erf": torch.erf,
    "Tanh": torch.tanh,
    "Sigmoid": torch.sigmoid,
    "Relu": torch.relu,
    "Equal": torch.eq,
    "Greater": torch.gt,
    "Where": torch.where,
    "Cast": lambda x, to: x.to(DTYPES[to]),
    "MatMul": torch.matmul,
    "Transpose": lambda x, perm: x.permute(perm),
    "Reshape": lambda x, shape: x.reshape(shape),
    "Expand": lambda x, shape: x.expand(shape),
    "Concat": lambda *xs, axis: torch.cat(xs, axis),
    "Slice": lambda x, starts, ends: x[tuple(slice(s, e) for s, e in zip(starts, ends))],
    "Pad": lambda x, before, after: pad(x, before, after),
    "ReduceSum": lambda x, axes, keepDims: x.sum(axes, keepdim=keepDims) if axes else x.clone(),
    "ReduceMax": lambda x, axis, keepDims: torch.max(x, axis, keepdim=keepDims).values,
    "ArgMax": lambda x, axis, keepDims: torch.argmax(x, axis, keepdim=keepDims).to(torch.int32),
    "Softmax": lambda x, axis: torch.softmax(x, axis),
    "LogSoftmax": lambda x, axis: torch.log_softmax(x, axis),
}

broadcasts = [((2, 3), (2, 3)), ((4, 3), (3,)), ((2, 1, 3), (4, 1)), ((), (2, 2)), ((1, 3), (2, 1)), ((), ())]
binary = [(name, {}, (make_a(*a), make_b(*b))) for name, make_a, make_b in [
    ("Add", normal, normal), ("Sub", normal, normal), ("Mul", normal, normal), ("Div", normal, positive),
    ("Equal", integers, integers), ("Greater", normal, normal), ("Greater", integers, integers),
] for a, b in broadcasts]
unary = [(name, {}, (make(*shape),)) for name, make in [
    ("Neg", normal), ("Exp", normal), ("Log", positive), ("Sqrt", positive), ("Erf", normal), ("Tanh", normal),
    ("Sigmoid", normal), ("Relu", normal),
] for shape in [(2, 3), (7,), ()]]
others = [
    ("Equal", {}, (torch.tensor([1.0, 2.0, -0.0]), torch.tensor([1.0, 2.5, 0.0]))),
    ("Where", {}, (boolean(2, 3), normal(2, 3), normal(2, 3))),
    ("Where", {}, (boolean(3, 1), normal(2), normal())),
    ("Where", {}, (boolean(), normal(2, 2), normal(1, 2))),
    ("Cast", {"to": "int32"}, (normal(2, 3) * 3,)),
    ("Cast", {"to": "bool"}, (torch.tensor([0.0, -0.5, 2.0]),)),
    ("Cast", {"to": "float"}, (normal(3),)),
    ("Cast", {"to": "float"}, (integers(2, 2),)),
    ("Cast", {"to": "float"}, (boolean(5),)),
    ("Cast", {"to": "int32"}, (boolean(5),)),
    ("Cast", {"to": "bool"}, (integers(5),)),
    ("MatMul", {}, (normal(2, 3), normal(3, 4))),
    ("MatMul", {}, (normal(1, 5), normal(5, 1))),
    ("MatMul", {}, (normal(5, 7), normal(7, 6))),
    ("MatMul", {}, (normal(3, 2, 4), normal(3, 4, 5))),
    ("MatMul", {}, (normal(2, 2, 3, 2), normal(2, 2, 2, 3))),
    ("Transpose", {"perm": [1, 0]}, (normal(2, 3),)),
    ("Transpose", {"perm": [2, 0, 1]}, (normal(2, 3, 4),)),
    ("Transpose", {"perm": [0, 2, 3, 1]}, (normal(2, 3, 2, 2),)),
    ("Transpose", {"perm": [0]}, (normal(3),)),
    ("Reshape", {"shape": [3, 2]}, (normal(2, 3),)),
    ("Reshape", {"shape": []}, (normal(1, 1),)),
    ("Reshape", {"shape": [2, 1, 2]}, (integers(4),)),
    ("Expand", {"shape": [2, 3]}, (normal(3),)),
    ("Expand", {"shape": [2, 3, 4]}, (normal(3, 1),)),
    ("Expand", {"shape": [2, 2]}, (normal(),)),
    ("Concat", {"axis": 0}, (normal(1, 2), normal(2, 2), normal(1, 2))),
    ("Concat", {"axis": 2}, (normal(2, 2, 3), normal(2, 2, 1))),
    ("Concat", {"axis": 0}, (normal(3),)),
    ("Slice", {"starts": [1], "ends": [4]}, (normal(5),)),
    ("Slice", {"starts": [0, 1], "ends": [2, 3]}, (normal(3, 4),)),
    ("Slice", {"starts": [1, 0, 2], "ends": [2, 3, 4]}, (normal(2, 3, 4),)),
    ("Pad", {"before": [1], "after": [2]}, (normal(3),)),
    ("Pad", {"before": [0, 2], "after": [1, 0]}, (normal(2, 3),)),
    ("Pad", {"before": [1, 0, 1], "after": [0, 0, 2]}, (normal(2, 2, 2),)),
    ("ReduceSum", {"axes": [0], "keepDims": False}, (normal(2, 3),)),
    ("ReduceSum", {"axes": [1], "keepDims": True}, (normal(2, 3),)),
    ("ReduceSum", {"axes": [0, 1], "keepDims": False}, (normal(2, 3),)),
    ("ReduceSum", {"axes": [0, 2], "keepDims": False}, (normal(2, 3, 4),)),
    ("ReduceSum", {"axes": [2, 0], "keepDims": True}, (normal(2, 3, 4),)),
    ("ReduceSum", {"axes": [], "keepDims": False}, (normal(2, 3),)),
    ("ReduceMax", {"axis": 0, "keepDims": False}, (distinct(5),)),
    ("ReduceMax", {"axis": 1, "keepDims": True}, (distinct(3, 4),)),
    ("ReduceMax", {"axis": 1, "keepDims": False}, (distinct(2, 3, 4),)),
    ("ArgMax", {"axis": 0, "keepDims": False}, (distinct(5),)),
    ("ArgMax", {"axis": 1, "keepDims": True}, (distinct(2, 3, 4),)),
    ("ArgMax", {"axis": 2, "keepDims": False}, (distinct(2, 3, 4),)),
    ("Softmax", {"axis": 1}, (normal(3, 4),)),
    ("Softmax", {"axis": 0}, (normal(3, 2) * 20,)),
    ("Softmax", {"axis": 1}, (normal(2, 3, 2),)),
    ("LogSoftmax", {"axis": 1}, (normal(3, 4),)),
    ("LogSoftmax", {"axis": 0}, (normal(3, 2) * 20,)),
    ("LogSoftmax", {"axis": 1}, (normal(2, 3, 2),)),
]


def encode(x):
    dtype = {torch.float64: "float", torch.int32: "int32", torch.bool: "bool"}[x.dtype]
    return {"dtype": dtype, "shape": list(x.shape), "data": [n + 0 for n in x.reshape(-1).tolist()]}


def case(name, attributes, inputs):
    leaves = [x.clone().requires_grad_() if x.dtype == torch.float64 else x for x in inputs]
    output = OPS[name](*leaves, **attributes)
    result = {"op": name, "attributes": attributes, "inputs": [encode(x.detach()) for x in leaves],
              "output": encode(output.detach())}
    if output.dtype == torch.float64:
        cotangent = normal(*output.shape)
        result["cotangent"] = encode(cotangent)
        if output.requires_grad:
            wrt = [x for x in leaves if x.requires_grad]
            found = iter(torch.autograd.grad((output * cotangent).sum(), wrt, allow_unused=True))
            result["gradients"] = [encode(next(found)) if x.requires_grad else None for x in leaves]
    return result


def line(value):
    return json.dumps(value, separators=(",", ":"))


cases = [case(*spec) for spec in binary + unary + others]
head = {"source": f"PyTorch {torch.__version__}, float64, CPU", "generator": "packages/backend-reference/test/generate_ops.py",
        "seed": SEED, "licence": "CC0-1.0: numbers made for this test"}
path = Path(__file__).parent / "fixtures" / "ops.json"
body = ",\n".join(line(c) for c in cases)
path.write_text("{" + ",\n".join(f"{line(k)}:{line(v)}" for k, v in head.items()) + ',\n"cases":[\n' + body + "\n]}\n")
print(len(cases), "cases,", path.stat().st_size, "bytes; every op:", set(OPS) == {c["op"] for c in cases})
