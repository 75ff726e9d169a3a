"""The page of guarantees names tests that exist."""

import ast
import re
from pathlib import Path

_ROOT = Path(__file__).parents[3]
_PAGE = (_ROOT / "docs" / "guarantees.md").read_text()


def functions(path: Path) -> set[str]:
    return {node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)}


def test_names_tests_that_exist() -> None:
    """A reader who looks up the test of a promise finds it."""
    named = re.findall(r"`(tests/\S+?\.py)::(test_\w+)`", _PAGE)
    missing = [f"{path}::{name}" for path, name in named if name not in functions(_ROOT / path)]
    assert named
    assert missing == []


def test_every_promise_is_held_by_a_test() -> None:
    """Each promise on the page names a test."""
    promises = re.split(r"\n(?=\*\*)", _PAGE)[1:]
    assert [promise for promise in promises if "*Held by:* `tests/" not in promise] == []
