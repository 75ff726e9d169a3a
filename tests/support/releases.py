"""Another release of ours: a copy of the packages in which the schema of the read model is another one."""

import re
import shutil
from pathlib import Path

import projector

_PACKAGES = ("events", "projector", "ingress")
_RECORDS = "projector/read_model/records.py"
# Names of columns that stand in these files only, and in statements that a reader executes.
_RENAMED = {
    "memory_count": ("tables/callers.py", "tables/memories.py", "soundness.py"),
    "is_finished": ("tables/erasing/erasures.py",),
}


def newer_release(folder: Path, *, is_compatible: bool = False) -> Path:
    """
    Copy the packages into a folder, raise the schema's version there, and return what to put on `PYTHONPATH`.

    Args:
        is_compatible: whether each of the two releases can read what the other one writes. If not, columns that both
            read have other names.
    """
    root = Path(projector.__file__).parent.parent
    for package in _PACKAGES:
        shutil.copytree(root / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    version = re.search(r"^SCHEMA_VERSION = (\d+)$", (folder / _RECORDS).read_text(), re.MULTILINE)
    assert version is not None
    _replace(folder / _RECORDS, r"^SCHEMA_VERSION = \d+$", f"SCHEMA_VERSION = {int(version[1]) + 1}")
    if is_compatible:
        _replace(folder / _RECORDS, r"^(READABLE_FROM|READS_FROM) = .*$", rf"\1 = {version[1]}")
        return folder
    for column, files in _RENAMED.items():
        for file in files:
            _replace(folder / "projector/read_model/sqlite" / file, rf"\b{column}\b", f"renamed_{column}")
    return folder


def _replace(file: Path, pattern: str, text: str) -> None:
    changed, count = re.subn(pattern, text, file.read_text(), flags=re.MULTILINE)
    assert count, f"{file} has changed: nothing in it is {pattern}"
    file.write_text(changed)
