"""Makes the golden zip archives with Python's zipfile and Debian's zip (3.0). Usage: python3 make-zips.py

All hold files that make-tables.py makes, so what is read from them is known.
"""
import io, pathlib, subprocess, zipfile

here = pathlib.Path(__file__).parent
out = here / "zips"
out.mkdir(exist_ok=True)
date = (2024, 1, 2, 3, 4, 6)


def put(archive, name, source, method=zipfile.ZIP_DEFLATED, **options):
    info = zipfile.ZipInfo(name, date)
    info.compress_type = method
    with archive.open(info, "w", **options) as file:
        file.write((here / source).read_bytes())


class Unseekable(io.RawIOBase):
    """What zipfile takes for a pipe: sizes and checksum go to data descriptors behind the data."""

    def __init__(self, target):
        self.target = target

    def writable(self):
        return True

    def write(self, data):
        return self.target.write(data)


with zipfile.ZipFile(out / "one.zip", "w") as archive:
    put(archive, "gensim.vec", "gensim.vec")
with zipfile.ZipFile(out / "several.zip", "w") as archive:
    archive.comment = b"five rows, in four formats"
    archive.mkdir("vectors")
    put(archive, "vectors/gensim.vec", "gensim.vec")
    put(archive, "vectors/gensim.bin", "gensim.bin", zipfile.ZIP_STORED)
    put(archive, "東京.npy", "numpy-f4-c.npy")
    put(archive, "fasttext-plain.bin", "fasttext-plain.bin")
# As an archive beyond 4 GB and 65,535 files has it, for these sizes: fields and end of directory of zip64.
limits = zipfile.ZIP64_LIMIT, zipfile.ZIP_FILECOUNT_LIMIT
zipfile.ZIP64_LIMIT, zipfile.ZIP_FILECOUNT_LIMIT = 1, 0
with zipfile.ZipFile(out / "zip64.zip", "w") as archive:
    put(archive, "gensim.bin", "gensim.bin", zipfile.ZIP_STORED, force_zip64=True)
    put(archive, "gensim.vec", "gensim.vec", force_zip64=True)
zipfile.ZIP64_LIMIT, zipfile.ZIP_FILECOUNT_LIMIT = limits
with open(out / "descriptor.zip", "wb") as file, zipfile.ZipFile(Unseekable(file), "w") as archive:
    put(archive, "gensim.vec", "gensim.vec")
    put(archive, "gensim.bin", "gensim.bin", zipfile.ZIP_STORED)
for name, method in {"bzip2": zipfile.ZIP_BZIP2, "lzma": zipfile.ZIP_LZMA}.items():
    with zipfile.ZipFile(out / f"{name}.zip", "w") as archive:
        put(archive, "gensim.vec", "gensim.vec", method)
with zipfile.ZipFile(out / "empty.zip", "w"):
    pass


def debian_zip(name, *arguments, **options):
    result = subprocess.run(["zip", "-q", "-X", *arguments], cwd=here, check=True, capture_output=True, **options)
    if result.stdout:
        (out / name).write_bytes(result.stdout)


for name in ["debian.zip", "encrypted.zip"]:
    (out / name).unlink(missing_ok=True)
debian_zip("debian.zip", "zips/debian.zip", "gensim.vec", "gensim.bin")
debian_zip("encrypted.zip", "-P", "secret", "zips/encrypted.zip", "gensim.vec")
# By a pipe both ways: data descriptors with zip64 sizes, the entry's name "-".
debian_zip("debian-pipe.zip", "-", "-", input=(here / "gensim.vec").read_bytes())
