"""Writes PyTorch float64 fixtures beside this file, in fixtures/: gradients of each head and optimizer trajectories.

Usage: python3 generate_fixtures.py   (needs torch; the committed files were made with the version that they name)
The form is the one that `thawline conformance --fixtures` reads. Everything is drawn from SEED.
"""
import json, os
import torch
import torch.nn.functional as F

SEED = 20261123
torch.manual_seed(SEED)
torch.set_default_dtype(torch.float64)
OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "fixtures")
os.makedirs(OUT, exist_ok=True)
SOURCE = {"torch": torch.__version__, "dtype": "float64", "generator": "generate_fixtures.py", "seed": SEED, "licence": "MIT, as this repository"}


def tensor(x):
    return {"shape": list(x.shape), "data": [float(v) for v in x.detach().reshape(-1)]}


def random_ids(lengths, T, V):
    return [[int(i) for i in torch.randint(1, V, (n,))] + [0] * (T - n) for n in lengths]


def parameters(head, V, D, C):
    p = {"embedding.weight": torch.randn(V, D)}
    p["embedding.weight"][0] = 0
    kind = head["type"]
    if kind == "mean-linear":
        features = D
    elif kind == "cnn":
        for i, width in enumerate(head["widths"]):
            p[f"convs.{i}.weight"] = torch.randn(head["maps"], D, width) * 0.5
            p[f"convs.{i}.bias"] = torch.randn(head["maps"]) * 0.2
        features = head["maps"] * len(head["widths"])
    elif kind == "attention":
        H = head["hidden"]
        p["proj.weight"] = torch.randn(H, D) * 0.5
        p["proj.bias"] = torch.randn(H) * 0.3
        p["context"] = torch.randn(H)
        features = D
    elif kind in ("gru", "lstm"):
        H, G = head["hidden"], 3 if kind == "gru" else 4
        suffixes = ["", "_reverse"] if head["bidirectional"] else [""]
        for s in suffixes:
            p[f"rnn.weight_ih_l0{s}"] = torch.randn(G * H, D) * 0.5
            p[f"rnn.weight_hh_l0{s}"] = torch.randn(G * H, H) * 0.5
            p[f"rnn.bias_ih_l0{s}"] = torch.randn(G * H) * 0.3
            p[f"rnn.bias_hh_l0{s}"] = torch.randn(G * H) * 0.3
        features = H * len(suffixes)
    elif kind == "transformer":
        layer = encoder(head, D)
        p.update({f"block.{k}": torch.randn(v.shape) * 0.4 + (1 if k in ("norm1.weight", "norm2.weight") else 0) for k, v in layer.named_parameters()})
        features = D
    p["linear.weight"] = torch.randn(C, features) * 0.5
    p["linear.bias"] = torch.randn(C) * 0.3
    return p


def encoder(head, D):
    return torch.nn.TransformerEncoderLayer(
        D, head["heads"], head["feedForward"], dropout=0.0, activation=head["activation"],
        layer_norm_eps=head["layerNormEps"], batch_first=True, norm_first=head["normFirst"])


def logits_of(head, p, ids):
    mask = (ids != 0).double()
    x = F.embedding(ids, p["embedding.weight"], padding_idx=0)
    kind = head["type"]
    if kind == "mean-linear":
        f = (x * mask[..., None]).sum(1) / mask.sum(1, keepdim=True).clamp(min=1)
    elif kind == "cnn":
        parts = []
        for i, width in enumerate(head["widths"]):
            h = torch.relu(F.conv1d(x.transpose(1, 2), p[f"convs.{i}.weight"], p[f"convs.{i}.bias"]))
            if head["pool"] == "valid":
                # Windows that end at a token; those outside leave 0, the least value after relu.
                h = h * mask[:, None, width - 1 :]
            parts.append(h.amax(2))
        f = torch.cat(parts, 1)
    elif kind == "transformer":
        layer = encoder(head, x.shape[2])
        weights = {k[6:]: v for k, v in p.items() if k.startswith("block.")}
        h = torch.func.functional_call(layer, weights, (x,), {"src_key_padding_mask": mask == 0})
        f = (h * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
    elif kind in ("gru", "lstm"):
        layer = {"gru": torch.nn.GRU, "lstm": torch.nn.LSTM}[kind](x.shape[2], head["hidden"], batch_first=True, bidirectional=head["bidirectional"])
        weights = {k[4:]: v for k, v in p.items() if k.startswith("rnn.")}
        packed = torch.nn.utils.rnn.pack_padded_sequence(x, mask.sum(1).long(), batch_first=True, enforce_sorted=False)
        _, state = torch.func.functional_call(layer, weights, (packed,))
        final = state if kind == "gru" else state[0]
        f = torch.cat(list(final), 1)
    else:
        scores = torch.tanh(x @ p["proj.weight"].T + p["proj.bias"]) @ p["context"]
        scores = scores.masked_fill(mask == 0, float("-inf"))
        f = (torch.softmax(scores, 1)[..., None] * x).sum(1)
    return f @ p["linear.weight"].T + p["linear.bias"]


def gradient_case(name, head, lengths, V=11, D=5, C=3, T=6, class_weights=None, label_smoothing=0.0):
    p = {k: v.requires_grad_() for k, v in parameters(head, V, D, C).items()}
    ids = torch.tensor(random_ids(lengths, T, V))
    labels = torch.randint(0, C, (len(lengths),))
    logits = logits_of(head, p, ids)
    logits.retain_grad()
    weights = None if class_weights is None else torch.tensor(class_weights)
    loss = F.cross_entropy(logits, labels, weight=weights, label_smoothing=label_smoothing)
    loss.backward()
    grads = {"logits": tensor(logits.grad), **{k: tensor(v.grad) for k, v in p.items()}}
    return {
        "name": name, "head_config": head, "dims": {"B": len(lengths), "T": T, "V": V, "D": D, "C": C},
        "ids": ids.tolist(), "labels": labels.tolist(), "class_weights": class_weights, "label_smoothing": label_smoothing,
        "params": {k: tensor(v) for k, v in p.items()}, "logits": tensor(logits), "loss": float(loss), "grads": grads,
    }


def write(name, value):
    with open(os.path.join(OUT, name), "w") as f:
        json.dump({**SOURCE, **value}, f, separators=(",", ":"))
        f.write("\n")


def trajectory(name, config, make, head={"type": "mean-linear"}, V=9, D=4, C=3):
    torch.manual_seed(SEED)
    p = {k: v.requires_grad_() for k, v in parameters(head, V, D, C).items()}
    init = {k: tensor(v) for k, v in p.items()}
    # Row V - 1 is in no batch: dense decay and momentum move it, lazy updates do not.
    batches = [(torch.tensor(random_ids(ls, 5, V - 1)), torch.randint(0, C, (len(ls),))) for ls in ([5, 2, 1], [3, 4, 2], [1, 5, 4], [2, 2, 3])]
    step = make(p)
    losses, after = [], {}
    for t in range(20):
        ids, labels = batches[t % len(batches)]
        for v in p.values():
            v.grad = None
        loss = F.cross_entropy(logits_of(head, p, ids), labels)
        losses.append(float(loss))
        loss.backward()
        keep = p["embedding.weight"].detach()[0].clone()
        step(ids)
        with torch.no_grad():
            p["embedding.weight"][0] = keep
        if t + 1 in (1, 2, 5, 10, 20):
            after[str(t + 1)] = {k: tensor(v) for k, v in p.items()}
    write(f"traj-{name}.json", {
        "name": name, "optimizer_config": config, "head_config": head,
        "batches": [{"ids": i.tolist(), "labels": l.tolist()} for i, l in batches],
        "init": init, "losses": losses, "params_after_step": after,
    })


def dense(factory, clip=None):
    def make(p):
        optimizer = factory(list(p.values()))

        def step(_):
            if clip is not None:
                torch.nn.utils.clip_grad_norm_(list(p.values()), clip)
            optimizer.step()

        return step

    return make


def lazy(rows, rest):
    """`rows` updates embedding.weight from a sparse gradient of the batch's rows; `rest` every other parameter."""

    def make(p):
        table = rows([p["embedding.weight"]])
        others = rest([v for k, v in p.items() if k != "embedding.weight"])

        def step(ids):
            used = torch.unique(ids[ids != 0])
            grad = p["embedding.weight"].grad
            p["embedding.weight"].grad = torch.sparse_coo_tensor(used[None], grad[used], grad.shape)
            table.step()
            others.step()

        return step

    return make


write("grad-mean.json", {"cases": [
    gradient_case("mean", {"type": "mean-linear"}, [4, 6, 1]),
    gradient_case("mean-empty-weights-smoothing", {"type": "mean-linear"}, [3, 0, 5, 2], class_weights=[0.5, 2.0, 1.0], label_smoothing=0.1),
]})
write("grad-attention.json", {"cases": [
    gradient_case("attention", {"type": "attention", "hidden": 4}, [6, 3, 1, 5]),
    gradient_case("attention-weights-smoothing", {"type": "attention", "hidden": 3}, [2, 6, 4], class_weights=[1.5, 1.0, 0.25], label_smoothing=0.2),
    gradient_case("attention-one-token-each", {"type": "attention", "hidden": 2}, [1, 1], T=3),
]})
write("grad-cnn.json", {"cases": [
    gradient_case("cnn-all", {"type": "cnn", "widths": [1, 3], "maps": 3, "pool": "all"}, [6, 2, 4]),
    gradient_case("cnn-valid", {"type": "cnn", "widths": [2, 3], "maps": 3, "pool": "valid"}, [6, 3, 4, 5]),
    gradient_case("cnn-valid-shorter-than-width", {"type": "cnn", "widths": [2, 4], "maps": 3, "pool": "valid"}, [1, 6, 3]),
]})

write("grad-recurrent.json", {"cases": [
    gradient_case(f"{kind}{'-bidirectional' if both else ''}", {"type": kind, "hidden": 4, "bidirectional": both}, [6, 1, 4, 2])
    for kind in ("gru", "lstm") for both in (False, True)
]})

write("grad-transformer.json", {"cases": [
    gradient_case(name, {"type": "transformer", "layers": 1, "heads": heads, "feedForward": 6, "activation": act, "normFirst": first, "layerNormEps": 1e-5, "positions": None}, [6, 1, 4, 2], D=6)
    for name, heads, act, first in (("post-norm", 2, "relu", False), ("pre-norm-gelu", 3, "gelu", True))
]})

O = torch.optim
base = {"clip_norm": None, "rows": "dense", "decoupled": False, "weight_decay": 0}
trajectory("sgd", {**base, "type": "sgd", "lr": 0.4, "momentum": 0, "nesterov": False}, dense(lambda ps: O.SGD(ps, lr=0.4)))
trajectory("sgd-nesterov-decay", {**base, "type": "sgd", "lr": 0.1, "momentum": 0.8, "nesterov": True, "weight_decay": 0.02},
           dense(lambda ps: O.SGD(ps, lr=0.1, momentum=0.8, nesterov=True, weight_decay=0.02)))
trajectory("sgd-clip", {**base, "type": "sgd", "lr": 0.4, "momentum": 0, "nesterov": False, "clip_norm": 0.1}, dense(lambda ps: O.SGD(ps, lr=0.4), clip=0.1))
trajectory("adagrad", {**base, "type": "adagrad", "lr": 0.1, "eps": 1e-10}, dense(lambda ps: O.Adagrad(ps, lr=0.1, eps=1e-10)))
trajectory("adagrad-decay", {**base, "type": "adagrad", "lr": 0.1, "eps": 1e-8, "weight_decay": 0.03}, dense(lambda ps: O.Adagrad(ps, lr=0.1, eps=1e-8, weight_decay=0.03)))
trajectory("adamw", {**base, "type": "adam", "lr": 0.02, "betas": [0.9, 0.99], "eps": 1e-8, "weight_decay": 0.1, "decoupled": True},
           dense(lambda ps: O.AdamW(ps, lr=0.02, betas=(0.9, 0.99), eps=1e-8, weight_decay=0.1)))
adam = {"type": "adam", "lr": 0.02, "betas": [0.9, 0.999], "eps": 1e-8, "weight_decay": 0, "decoupled": False}
trajectory("sparse-adam", {**base, **adam, "rows": "lazy", "row_step": "global", "row_eps": "before-bias-correction", "head": adam},
           lazy(lambda ps: O.SparseAdam(ps, lr=0.02), lambda ps: O.Adam(ps, lr=0.02)))
trajectory("sparse-sgd", {**base, "type": "sgd", "lr": 0.3, "momentum": 0, "nesterov": False, "rows": "lazy",
                          "head": {"type": "sgd", "lr": 0.1, "momentum": 0.9, "nesterov": False, "weight_decay": 0, "decoupled": False}},
           lazy(lambda ps: O.SGD(ps, lr=0.3), lambda ps: O.SGD(ps, lr=0.1, momentum=0.9)))
trajectory("sparse-adagrad", {**base, "type": "adagrad", "lr": 0.1, "eps": 1e-10, "rows": "lazy", "head": adam},
           lazy(lambda ps: O.Adagrad(ps, lr=0.1, eps=1e-10), lambda ps: O.Adam(ps, lr=0.02)))
trajectory("attention-adam", {**base, **adam}, dense(lambda ps: O.Adam(ps, lr=0.02)), head={"type": "attention", "hidden": 3})
