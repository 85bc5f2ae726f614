"""Makes the golden Parquet files with pyarrow. Usage: python3 make-parquet.py (a Python that has pyarrow)

rows.json says what each holds: text and label of each row, null where there is none. Footers carry pyarrow's version.
"""
import json, pathlib
import pyarrow as pa, pyarrow.parquet as pq

here = pathlib.Path(__file__).parent
texts = ["a fine film", "ein mäßiger Film, \"naja\"", "映画は良い", "tabs\tand\nlines", None, "", "no label here", "🙂 great", "a fine film", "bad"]
labels = ["pos", "neg", "pos", "neg", "pos", "neg", None, "pos", "pos", "neg"]
ids = [1, 0, 1, 0, 1, 0, -1, 1, 1, 0]
expected = {}


def write(name, table, rows, **options):
    pq.write_table(table, here / f"{name}.parquet", **options)
    expected[name] = rows


rows = [list(pair) for pair in zip(texts, labels)]
strings = pa.table({"text": texts, "label": labels})
for codec in ["none", "snappy", "gzip", "zstd", "brotli", "lz4"]:
    write(f"strings-{codec}", strings, rows, compression=codec)
write("plain", strings, rows, use_dictionary=False, compression="snappy", row_group_size=3)
write("version-2", strings, rows, data_page_version="2.0", compression="zstd", row_group_size=4)
write("delta", strings, rows, use_dictionary=False, column_encoding={"text": "DELTA_BYTE_ARRAY", "label": "DELTA_LENGTH_BYTE_ARRAY"}, compression="none")
categories = pa.table({"label": pa.array(labels).dictionary_encode(), "text": pa.array(texts, pa.large_string())})
write("dictionary", categories, rows)
filled = [text or "x" for text in texts]
required = pa.schema([pa.field("stars", pa.int64(), nullable=False), pa.field("review", pa.string(), nullable=False)])
write("required", pa.table({"stars": ids, "review": filled}, required), [[t, str(i)] for t, i in zip(filled, ids)])
write("int8", pa.table({"text": filled, "label": pa.array(ids, pa.int8())}), [[t, str(i)] for t, i in zip(filled, ids)])
delta = pa.table({"text": filled, "label": pa.array(ids, pa.int32())})
write("int32-delta", delta, [[t, str(i)] for t, i in zip(filled, ids)], use_dictionary=False, column_encoding={"label": "DELTA_BINARY_PACKED", "text": "PLAIN"})
flags = [i == 1 for i in ids]
write("boolean", pa.table({"text": filled, "label": flags}), [[t, str(f).lower()] for t, f in zip(filled, flags)])
# As datasets.Dataset.to_parquet writes a ClassLabel: int64 values, names in the schema's metadata.
features = {"info": {"features": {"text": {"dtype": "string", "_type": "Value"}, "label": {"names": ["negative", "positive"], "_type": "ClassLabel"}}}}
named = pa.table({"text": texts, "label": pa.array(ids, pa.int64())}).replace_schema_metadata({"huggingface": json.dumps(features)})
names = {1: "positive", 0: "negative", -1: None}
write("class-label", named, [[t, names[i]] for t, i in zip(texts, ids)])
many = [f"text {row} {'word ' * (row % 7)}".strip() for row in range(200)]
write("row-groups", pa.table({"text": many, "label": [str(row % 3) for row in range(200)]}), [[t, str(r % 3)] for r, t in enumerate(many)], row_group_size=50, compression="snappy")
pq.write_table(pa.table({"text": [["a"], ["b", "c"]], "label": ["x", "y"]}), here / "nested.parquet")
pq.write_table(pa.table({"text": pa.array([b"ok", b"\xff\xfe"], pa.binary()), "label": ["x", "y"]}), here / "not-utf8.parquet")
pq.write_table(pa.table({"text": [1.5, 2.5], "label": ["x", "y"]}), here / "numbers.parquet")
pq.write_table(pa.table({"text": pa.array([], pa.string()), "label": pa.array([], pa.string())}), here / "empty.parquet")
(here / "rows.json").write_text(json.dumps({"source": f"pyarrow {pa.__version__}, make-parquet.py", "rows": expected}, ensure_ascii=False) + "\n")
