"""Makes tokenizers of each kind with Hugging Face's own library, and what it says of some texts.

Usage: python3 make-tokenizers.py (needs the packages tokenizers and numpy). Writes NAME.tokenizer.json and
tokenizers.json: for each tokenizer the ids and tokens of each text, without special tokens, and the vector that
Model2Vec's StaticModel.encode makes of it: the mean over the ids that are not the unknown token's of
weights[id] x embeddings[mapping[id]], scaled to length 1 where `normalize` is set, zeros for a text without a known
token. model2vec itself is not needed; the formula is that of its documentation and source (model.py, 0.7).
"""
import json, pathlib
import numpy as np
from tokenizers import AddedToken, Tokenizer, models, normalizers, pre_tokenizers, trainers

here = pathlib.Path(__file__).parent
corpus = [
    "The film is a warm, funny, engaging film; it's unmissable!",
    "An unfunny mess: overlong, overwrought and unengaging...",
    "Café society in 東京 (Tokyo) costs $3.50 or 1,000 yen; naïve? Ünmöglich!",
    "москва слезам не верит — Привет, мир",
    "can't won't shouldn't've; e-mail me @home #tag 100% of the time",
] * 4
texts = corpus[:5] + [
    "",
    "   ",
    "zzzz qqqq 漢字 ☃",
    "FILM film Film FILMS",
    "warm  and\tfunny\nfilm",
    "[PAD] the [UNK] film [MASK]",
    "a" * 300,
    "e\u0301 vs \u00e9 ﬁlm ﬀ",
    "😀 film 👍🏽 naïve",
]


def wordpiece():
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.train_from_iterator(corpus, trainers.WordPieceTrainer(vocab_size=220, special_tokens=["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]))
    return tokenizer


def unigram():
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.train_from_iterator(corpus, trainers.UnigramTrainer(vocab_size=160, unk_token="[UNK]", special_tokens=["[PAD]", "[UNK]"]))
    return tokenizer


def bpe():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.train_from_iterator(corpus, trainers.BpeTrainer(vocab_size=420, special_tokens=["[PAD]"], initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    return tokenizer


def wordlevel():
    tokenizer = Tokenizer(models.WordLevel(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.train_from_iterator(corpus, trainers.WordLevelTrainer(special_tokens=["[PAD]", "[UNK]"]))
    return tokenizer


rng = np.random.default_rng(11)
result = {"texts": texts, "tokenizers": {}}
for make, normalize in ((wordpiece, True), (unigram, False), (bpe, True), (wordlevel, False)):
    tokenizer = make()
    name = make.__name__
    tokenizer.save(str(here / f"{name}.tokenizer.json"), pretty=False)
    encodings = tokenizer.encode_batch(texts, add_special_tokens=False)
    size = tokenizer.get_vocab_size()
    unknown = tokenizer.token_to_id("[UNK]")
    # Multiples of 1/64: sums of them are exact in float32, whatever their order.
    embeddings = (rng.integers(-64, 65, size=(20, 3)) / 64).astype(np.float32)
    mapping = rng.integers(0, 20, size=size)
    weights = (rng.integers(1, 65, size=size) / 32).astype(np.float32)
    means = []
    for encoding in encodings:
        ids = np.array([i for i in encoding.ids if i != unknown], dtype=int)
        vector = (embeddings[mapping[ids]].astype(float) * weights[ids][:, None]).mean(axis=0) if len(ids) else np.zeros(3)
        norm = np.linalg.norm(vector)
        means.append((vector / norm if normalize and norm > 0 else vector).tolist())
    result["tokenizers"][name] = {
        "size": size,
        "unknown": -1 if unknown is None else unknown,
        "normalize": normalize,
        "ids": [encoding.ids for encoding in encodings],
        "embeddings": embeddings.tolist(),
        "mapping": mapping.tolist(),
        "weights": weights.tolist(),
        "means": means,
    }
(here / "tokenizers.json").write_text(json.dumps(result, ensure_ascii=False) + "\n")
