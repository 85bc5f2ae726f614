"""Makes the golden files of gensim (4.2) and NumPy. Usage: python3 make-tables.py

All hold the same five rows, whose bits are in tables.json as hexadecimal float32, but for what float16 rounds.
"""
import json, pathlib
import numpy as np
from gensim.models import KeyedVectors

here = pathlib.Path(__file__).parent
words = ["</s>", "naïve", "東京", "a_b", "it's"]
rng = np.random.default_rng(4)
table = rng.normal(size=(5, 7)).astype(np.float32)
table[0, :3] = np.array([0x0A0A0A0A, 0x20202020, 0x0A200A20], dtype=np.uint32).view(np.float32)
table[3] = 0
table[4, 0] = -0.0

vectors = KeyedVectors(7)
vectors.add_vectors(words, table)
vectors.sort_by_descending_frequency = lambda: None
vectors.save_word2vec_format(here / "gensim.bin", binary=True, sort_attr="none")
vectors.save_word2vec_format(here / "gensim.vec", binary=False, sort_attr="none")

(here / "words.txt").write_text("\n".join(words) + "\n")
for name, array in {
    "f4-c": table,
    "f4-fortran": np.asfortranarray(table),
    "f4-big": table.astype(">f4"),
    "f8-c": table.astype("<f8"),
    "f8-big-fortran": np.asfortranarray(table.astype(">f8")),
    "f2-c": table.astype("<f2"),
    "f2-big": table.astype(">f2"),
}.items():
    np.save(here / f"numpy-{name}.npy", array)
for version in [(2, 0), (3, 0)]:
    with open(here / f"numpy-version-{version[0]}.npy", "wb") as file:
        np.lib.format.write_array(file, table, version=version)
(here / "tables.json").write_text(
    json.dumps(
        {
            "source": f"gensim and numpy {np.__version__}, make-tables.py, seed 4",
            "words": words,
            "float32": [f"{bits:08x}" for bits in table.view(np.uint32).ravel().tolist()],
            "viaFloat16": [f"{bits:08x}" for bits in table.astype("<f2").astype("<f4").view(np.uint32).ravel().tolist()],
        },
        ensure_ascii=False,
    )
    + "\n"
)
