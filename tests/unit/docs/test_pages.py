"""The pages name what exists: other pages, files, the classes in them, and settings."""

import ast
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

import pytest

from events.__main__ import Settings as EventsSettings
from events.errors import SettingsError
from events.process.settings.known import KNOWN_SETTINGS
from ingress.settings import Settings as IngressSettings
from projector.commands.settings import Settings as ProjectorSettings

_ROOT = Path(__file__).parents[3]
_PAGES = sorted([*_ROOT.glob("*.md"), *(_ROOT / "docs").rglob("*.md")])
_FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_PATH = re.compile(r"`((?:bench|docs|events|ingress|projector|tests)/[\w./-]*)(?:::\w+)?`")
_ROOMS = ("events", "projector", "ingress", "tests")
# A constant, a class, or a method with its class.
_NAME = re.compile(r"`(_?[A-Z]\w*[a-zA-Z_](?:\.\w+)?)`")
# A wrong name for a class, which a page quotes.
_WRONG_NAMES = {"Following"}
# Examples that the recipes of CONTRIBUTING.md add.
_EXAMPLES = ("/overlap/", "/postgres/", "/sqlite_log/")
# A step of a walk in architecture.md: what happens, the file, and the names in it.
_STEP = re.compile(r"^\|[^|]*\| `([\w/]+\.py)` \| (`[\w.]+`(?:, `[\w.]+`)*) \|$", re.MULTILINE)


def names(page: Path) -> str:
    """Return the name of a page, for a test's id."""
    return str(page.relative_to(_ROOT))


def prose(page: Path) -> str:
    """Return a page without its examples."""
    return _FENCED.sub("", page.read_text())


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def defined(path: Path) -> set[str]:
    """Return the classes and functions of a file, and the methods as `Class.method`."""
    found = set[str]()
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            functions = (inner for inner in node.body if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef))
            found |= {f"{node.name}.{function.name}" for function in functions}
    return found


class Asked(Mapping[str, str]):
    """An environment that notes which variables a process asks for."""

    def __init__(self, values: dict[str, str]) -> None:
        self.names = set[str]()
        self._values = values

    def __getitem__(self, name: str) -> str:
        self.names.add(name)
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


def read_settings(engine: str) -> set[str]:
    """Return every variable that our processes ask for with a memory engine."""
    asked = Asked({"MEMORY_ENGINE": engine})
    with suppress(SettingsError):
        EventsSettings.from_env(asked)
    with suppress(SettingsError):
        IngressSettings.from_env(asked)
    with suppress(SettingsError):
        ProjectorSettings.from_env(asked, needs_api=True)
    return asked.names


@pytest.mark.parametrize("page", _PAGES, ids=names)
def test_links_lead_somewhere(page: Path) -> None:
    """Every link to a page of ours, or to a heading on it, finds it."""
    broken = []
    for link in _LINK.findall(prose(page)):
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert broken == []


@pytest.mark.parametrize("page", _PAGES, ids=names)
def test_paths_exist(page: Path) -> None:
    """Every file and folder of ours that a page names exists."""
    paths = [path for path in _PATH.findall(prose(page)) if not any(example in path for example in _EXAMPLES)]
    assert [path for path in paths if not (_ROOT / path).exists()] == []


def test_walks_name_what_stands_in_the_files() -> None:
    """Each step of a walk through the rooms names classes and functions of its file."""
    steps = _STEP.findall((_ROOT / "docs" / "architecture.md").read_text())
    assert steps
    missing = [
        f"{path}: {name}"
        for path, listed in steps
        for name in re.findall(r"`([\w.]+)`", listed)
        if name not in defined(_ROOT / path)
    ]
    assert missing == []


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "docs/architecture.md"])
def test_names_stand_in_the_code(page: str) -> None:
    """Every constant, class and method that a page for developers names occurs in the code."""
    files = (path for room in _ROOMS for path in (_ROOT / room).rglob("*.py"))
    words = {word for path in files for word in re.findall(r"\w+", path.read_text())}
    named = {part for name in _NAME.findall(prose(_ROOT / page)) for part in name.split(".")}
    assert named
    assert sorted(named - words - _WRONG_NAMES) == []


def test_every_setting_is_explained() -> None:
    """Each variable that a process reads is on the page of settings, in `.env.example` and a known one; no other is."""
    # The SDK's own variables, which are faults if set, are not settings of ours.
    read = {name for engine in ("openmemory", "openmemory-server") for name in read_settings(engine)}
    read = {name for name in read if not name.startswith("OM_") and name != "OPENMEMORY_VECTOR_STORE"}
    tables = re.findall(
        r"^\| (`[A-Z0-9_]+`(?:, `[A-Z0-9_]+`)*) \|", (_ROOT / "docs" / "settings.md").read_text(), re.MULTILINE
    )
    explained = {name for row in tables for name in re.findall(r"[A-Z0-9_]+", row)}
    offered = set(re.findall(r"^(?:# )?([A-Z0-9_]+)=", (_ROOT / ".env.example").read_text(), re.MULTILINE))
    assert explained == read
    assert offered == read
    assert read == KNOWN_SETTINGS
