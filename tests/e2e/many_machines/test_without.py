"""Whoever sets no `DATABASE_URL` needs no driver of a database, and waits for none to be imported."""

import subprocess
import sys
from pathlib import Path

import pytest

_WITHOUT = """
import importlib.abc, runpy, sys
class Missing(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("psycopg", "cryptography"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Missing())
sys.argv = sys.argv[1:]
runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
"""


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("events --help", "database"),
        ("events database check", "DATABASE_URL is not set"),
        ("events database create", "DATABASE_URL is not set"),
        ("events head", "is its disk mounted?"),
        ("events verify", "is its disk mounted?"),
        ("projector --help", "status"),
        ("ingress --help", "doctor"),
    ],
)
def test_single_machine_needs_no_driver(words: str, says: str, tmp_path: Path) -> None:
    """Each command says what it says with the driver, where there is none."""
    done = subprocess.run(
        [sys.executable, "-c", _WITHOUT, *words.split()],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={"PATH": "", "PYTHONPATH": str(Path(__file__).parents[3])},
        check=False,
    )
    assert "No module named" not in done.stderr
    assert says in done.stdout + done.stderr
