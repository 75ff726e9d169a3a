"""Wheels without a registry: ours, built as a release builds it, and those of all packages that are installed here."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from email.parser import HeaderParser
from importlib.metadata import Distribution, distributions
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile

_ROOT = Path(__file__).parents[2]
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")


def build_wheel(folder: Path) -> Path:
    """
    Build our wheel from a copy of the sources, as the image does, and return it.

    Args:
        folder: gets `build`, the copy, and `wheels`.
    """
    source, wheels = folder / "build", folder / "wheels"
    source.mkdir()
    for path in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(_ROOT / path, source)
    for room in ("events", "ingress", "projector"):
        shutil.copytree(_ROOT / room, source / room, ignore=shutil.ignore_patterns("__pycache__"))
    subprocess.run([*PIP, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", wheels, source], check=True)
    (wheel,) = wheels.glob("elaoms-*.whl")
    return wheel


def pack_installed(folder: Path) -> None:
    """Make a wheel of every installed package but ours, of the files that it installed."""
    folder.mkdir()
    for distribution in distributions():
        if distribution.name != "elaoms" and (tag := _tag(distribution)) is not None:
            name = distribution.metadata["Name"].replace("-", "_").replace(".", "_")
            path = folder / f"{name}-{distribution.version}-{tag}.whl"
            with ZipFile(path, "w", ZIP_STORED) as wheel:
                for inside, file in _files(distribution):
                    wheel.write(file, inside)


def _tag(distribution: Distribution) -> str | None:
    text = distribution.read_text("WHEEL")
    if text is None:
        return None
    tags = [tag.split("-") for tag in HeaderParser().parsestr(text).get_all("Tag", [])]
    # A file's name holds all tags at once: py2.py3-none-any.
    return "-".join(".".join(dict.fromkeys(parts)) for parts in zip(*tags, strict=True))


def _files(distribution: Distribution) -> Iterator[tuple[str, Path]]:
    for path in distribution.files or ():
        file = Path(str(distribution.locate_file(path)))
        # Scripts outside of the packages are made anew by who installs the wheel.
        if ".." not in path.parts and file.is_file() and "__pycache__" not in path.parts:
            yield str(path), file
