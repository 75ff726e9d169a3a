"""How the settings check OpenMemory's SDK before it is imported."""

import shlex
import sys
import tomllib
from pathlib import Path

import pytest

from projector.engines.openmemory.sdk import install as openmemory_install
from projector.engines.openmemory.sdk.install import sdk_faults


@pytest.fixture(autouse=True)
def _installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openmemory_install, "_PACKAGES", {"json": ("json", "")})
    monkeypatch.chdir(tmp_path)


def test_finds_no_fault_where_nothing_is_set() -> None:
    """An environment without OpenMemory's variables is fine, and so is one that sets what we set anyway."""
    assert list(sdk_faults({})) == []
    assert list(sdk_faults({"OM_EMBED_KIND": "synthetic", "OPENMEMORY_VECTOR_STORE": " "})) == []


def test_names_what_is_not_installed_and_the_line_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The fault names exactly the missing packages, as pip names them, and the line that installs them."""
    packages = {"no_such_module": ("no-such-package", ">=1"), "json": ("json", "")}
    monkeypatch.setattr(openmemory_install, "_PACKAGES", packages)
    ((name, words),) = sdk_faults({})
    assert name == "MEMORY_ENGINE"
    assert words.startswith("openmemory needs no-such-package, which is not installed")
    assert words.endswith(f": {openmemory_install.INSTALL}")


def test_installs_what_the_extra_lists() -> None:
    """The suggested line works in any folder: it installs the packages of the extra into the running Python."""
    pyproject = tomllib.loads((Path(__file__).parents[5] / "pyproject.toml").read_text())
    extra = pyproject["project"]["optional-dependencies"]["openmemory"]
    assert shlex.split(openmemory_install.INSTALL) == [sys.executable, "-m", "pip", "install", *extra]


def test_refuses_a_settings_file_of_openmemory_in_the_current_folder(tmp_path: Path) -> None:
    """`openmemory.toml` overrides our settings of the SDK: the fault names the file and where it lies."""
    (tmp_path / "openmemory.toml").write_text('[db]\nurl = "sqlite:////tmp/other.db"\n')
    ((name, words),) = sdk_faults({})
    assert name == "OPENMEMORY_DB_PATH"
    assert str(tmp_path / "openmemory.toml") in words


@pytest.mark.parametrize(
    ("name", "value"),
    [("OM_EMBED_KIND", "openai"), ("OM_EMBED_KIND", "ollama"), ("OPENMEMORY_VECTOR_STORE", "postgres")],
)
def test_refuses_what_would_send_words_elsewhere(name: str, value: str) -> None:
    """A setting of OpenMemory's that sends words, or data computed from them, to a server is a fault."""
    ((variable, words),) = sdk_faults({name: value})
    assert variable == name
    assert "leave this machine" in words
