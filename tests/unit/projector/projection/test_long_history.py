"""A caller with more calls than are left unmerged in the index."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from projector.engines.lexical.merger import LOOSE_MAX
from tests.support.erasures import request_by_time
from tests.support.samples import MARTA, NOON_S, transcription
from tests.support.sites import ProjectorSite

DAY_S = 86_400
CALLS = LOOSE_MAX * 8
ERASED = CALLS // 2


@pytest.fixture
def site(tmp_path: Path) -> Iterator[ProjectorSite]:
    """A site that has learned many calls of one caller, in four batches; the last batch holds two that came late."""
    site = ProjectorSite(tmp_path)
    order = [number for number in range(CALLS) if number not in {3, 70}]
    for batch in (order[:50], order[50:100], order[100:], [70, 3]):
        site.hold(*(call(number) for number in batch))
    yield site
    site.follower.close()


def call(number: int) -> bytes:
    """Return a call, a day after the one before, with a word that no other call holds."""
    said = f"My zebra is number {number}, I call it stripe{number}x."
    return transcription(f"conv_{number}", said, at_s=NOON_S + number * DAY_S, city=f"city{number}x")


def index(site: ProjectorSite) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of the index."""
    return {table: site.rows(f"SELECT * FROM {table}") for table in ("segments", "blocks", "block_rows")}  # noqa: S608


@pytest.mark.slow
def test_index_is_the_same_after_a_replay(site: ProjectorSite) -> None:
    """Whether calls came one after the other, late, or in a replay: the rows of the index are the same."""
    live = index(site)
    assert live["blocks"]
    site.replay()
    assert index(site) == live


@pytest.mark.slow
def test_merged_calls_are_forgotten(site: ProjectorSite) -> None:
    """No row of the index holds a word of an erased call; the words of later calls are there."""
    request_by_time(site.log, MARTA, at_s=NOON_S + ERASED * DAY_S - 1)
    site.catch_up()
    rows = index(site)
    held = b" ".join(row[-1] for row in rows["segments"] + rows["block_rows"])
    assert rows["blocks"]
    for number in range(CALLS):
        for word in (f"stripe{number}x", f"city{number}x"):
            assert (word.encode() in held) == (number >= ERASED), word
