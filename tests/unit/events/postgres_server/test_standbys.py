"""For how many standbys a commit waits, by the primary's settings."""

import pytest

pytest.importorskip("psycopg")

from events.postgres_server.standbys import Standbys, standbys_told


@pytest.mark.parametrize(
    ("names", "told"),
    [
        ("", 0),
        ("  ", 0),
        ("*", 1),
        ("a", 1),
        ("a, b, c", 1),
        ("2 (a, b, c)", 2),
        ("FIRST 2 (a, b, c)", 2),
        ("first 3(a, b, c)", 3),
        ("ANY 2 (*)", 2),
        ('"2 (a)", b', 1),
    ],
)
def test_list_says_for_how_many_a_commit_waits(names: str, told: int) -> None:
    """Each form of the setting is understood, and a name that looks like a count is a name."""
    assert standbys_told(names, "on") == standbys_told(names, "remote_apply") == told


@pytest.mark.parametrize("commit", ["off", "local", "remote_write"])
def test_commit_that_does_not_wait_for_a_disk_waits_for_nobody(commit: str) -> None:
    """With such a `synchronous_commit` the list means nothing to us."""
    assert standbys_told("FIRST 2 (a, b)", commit) == 0


@pytest.mark.parametrize(
    ("standbys", "standbys_min", "words"),
    [
        (Standbys(told=0, in_sync=0, connections=1), 1, "waits for 0"),
        (Standbys(told=1, in_sync=1, connections=1), 2, "waits for 1"),
        (Standbys(told=2, in_sync=1, connections=1), 1, "1 of 2"),
        (Standbys(told=1, in_sync=0, connections=1), 0, "0 of 1"),
    ],
)
def test_what_keeps_an_acknowledgement_back_is_said(standbys: Standbys, standbys_min: int, words: str) -> None:
    """Too few that are waited for, or too few that follow."""
    assert words in standbys.error(standbys_min)


@pytest.mark.parametrize(
    ("standbys", "standbys_min"),
    [
        (Standbys(told=0, in_sync=0, connections=1), 0),
        (Standbys(told=1, in_sync=1, connections=1), 1),
        (Standbys(told=1, in_sync=None, connections=1), 1),
    ],
)
def test_enough_is_no_error(standbys: Standbys, standbys_min: int) -> None:
    """Nor is what a role may not see: a commit finds that out."""
    assert standbys.error(standbys_min) == ""
