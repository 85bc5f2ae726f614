"""Makes Model2Vec and sentence-transformers folders as their tools lay them out. Usage: python3 make-folders.py

Needs the packages safetensors, tokenizers and numpy: the files are written by those, as model2vec's save_pretrained
does (model2vec itself is not needed). folders.json says what each token's vector is, computed by numpy.
"""
import json, pathlib
import numpy as np
from safetensors.numpy import save_file
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

here = pathlib.Path(__file__).parent
tokens = ["[PAD]", "[UNK]", "good", "café", "##ing", "東", "na", "__proto__", "constructor"]
rng = np.random.default_rng(7)
expected = {}


def wordpiece():
    tokenizer = Tokenizer(models.WordPiece({t: i for i, t in enumerate(tokens)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.add_special_tokens(["[PAD]", "[UNK]"])
    return tokenizer


def unigram():
    tokenizer = Tokenizer(models.Unigram([(t, -float(i)) for i, t in enumerate(tokens)], unk_id=1))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    return tokenizer


def bpe():
    return Tokenizer(models.BPE(vocab={t: i for i, t in enumerate(tokens)}, merges=[], unk_token="[UNK]"))


def write(name, tensors, tokenizer, *, prefix="", config=None, sentence_transformers=None, normalize=False):
    folder = here / "folders" / name
    (folder / prefix).mkdir(parents=True, exist_ok=True)
    save_file(tensors, folder / prefix / "model.safetensors")
    tokenizer.save(str(folder / prefix / "tokenizer.json"), pretty=False)
    if config is not None:
        (folder / "config.json").write_text(json.dumps(config, indent=4))
    if sentence_transformers is not None:
        (folder / "config_sentence_transformers.json").write_text(json.dumps(sentence_transformers, indent=2))
    modules = [{"idx": 0, "name": "0", "path": prefix or ".", "type": "sentence_transformers.models.StaticEmbedding"}]
    if normalize:
        modules.append({"idx": 1, "name": "1", "path": "1_Normalize", "type": "sentence_transformers.models.Normalize"})
    (folder / "modules.json").write_text(json.dumps(modules, indent=4))
    matrix = tensors.get("embeddings", tensors.get("embedding.weight")).astype(np.float32)
    mapping = tensors.get("mapping", np.arange(len(tokens)))
    weights = tensors.get("weights", np.ones(len(tokens), dtype=np.float32))
    vectors = matrix[mapping] * weights[:, None]
    expected[name] = {
        "float32": [f"{b:08x}" for b in vectors.astype(np.float32).view(np.uint32).ravel().tolist()],
        "rows": int(matrix.shape[0]),
        "normalize": normalize,
    }


V, D = len(tokens), 4
full = rng.normal(size=(V, D)).astype(np.float32)
config = {"model_type": "model2vec", "architectures": ["StaticModel"], "normalize": True, "seq_length": 1000000}
st = {"model_type": "SentenceTransformer", "__version__": {"sentence_transformers": "4.0.0"}, "prompts": {}}
write("model2vec", {"embeddings": full}, wordpiece(), config=config, normalize=True)
write("model2vec-f16", {"embeddings": full.astype(np.float16)}, unigram(), config=config | {"normalize": False})
write(
    "model2vec-mapped",
    {
        "embeddings": full[:3].copy(),
        "weights": rng.uniform(0.1, 2, V),
        "mapping": np.array([0, 0, 1, 2, 1, 2, 0, 1, 2], dtype=np.int64),
    },
    bpe(),
    config=config,
    normalize=True,
)
write(
    "model2vec-int8",
    {"embeddings": rng.integers(-127, 128, size=(V, D)).astype(np.int8), "weights": rng.uniform(0.1, 2, V).astype(np.float32)},
    wordpiece(),
    config=config,
    normalize=True,
)
write("sentence-transformers", {"embedding.weight": full}, wordpiece(), sentence_transformers=st)
write(
    "nested", {"embedding.weight": full}, unigram(), prefix="0_StaticEmbedding", sentence_transformers=st, normalize=True
)
(here / "folders.json").write_text(json.dumps({"tokens": tokens, "dimension": D, "folders": expected}, ensure_ascii=False) + "\n")
