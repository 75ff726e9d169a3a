"""Checks of the whole read model run beside the projection: the follower does not wait, and damage is still found."""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from projector.commands.forget import forget_caller
from projector.errors import ReplayStoppedError
from projector.projection.settings import ProjectionSettings
from projector.read_model.protocol import ReadModel
from projector.read_model.sqlite.database import Database
from projector.read_model.sqlite.soundness import check_soundness
from tests.support.damages import with_other_words
from tests.support.read_models import check_sound
from tests.support.samples import MARTA, transcription
from tests.support.sites import ProjectorSite
from tests.support.waiting import PATIENCE_S, wait_until


@pytest.fixture
def site(tmp_path: Path) -> Iterator[ProjectorSite]:
    """A site that was projected, and is not followed."""
    site = ProjectorSite(tmp_path)
    for number in range(20):
        site.append(transcription(f"conv_{number}", f"My zebra is number {number}."))
    site.follower.catch_up()
    site.restart()
    # As after a kill: a projector that starts does not know what happened meanwhile.
    site.database().with_name("LEFT").unlink()
    yield site
    site.follower.close()


@contextmanager
def followed(site: ProjectorSite) -> Iterator[None]:
    """Follow until the block ends."""
    with site.generations.lock("follow", wait=False):
        thread = threading.Thread(target=site.follower.run)
        thread.start()
        try:
            yield
        finally:
            site.stop.set()
            thread.join()


class SlowCheck:
    """A check that reads, and does not end until a test lets it continue, or it is stopped."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Replace the check."""
        self.has_begun, self.may_end = threading.Event(), threading.Event()
        self.ended = 0
        monkeypatch.setattr("projector.read_model.sqlite.generations.check_soundness", self)

    def __call__(
        self,
        path: Path,
        check_index: Callable[[ReadModel], None],
        *,
        is_outside: bool,
        should_go_on: Callable[[], bool],
        on_begun: Callable[[], None],
    ) -> None:
        with closing(Database.open(path, is_writing=False)) as database, database.snapshot():
            database.value("SELECT count(*) FROM calls")
            self.has_begun.set()
            on_begun()
            while not self.may_end.wait(0.01):
                if not should_go_on():
                    self.ended += 1
                    raise ReplayStoppedError
        check_soundness(path, check_index, is_outside=is_outside, should_go_on=should_go_on)


@pytest.mark.slow
def test_calls_are_projected_while_all_is_checked(site: ProjectorSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """A starting follower does not wait for the full check; a reader's report is cleared once that check has ended."""
    check = SlowCheck(monkeypatch)
    site.generations.mark_damaged(1)
    site.append(transcription("conv_before", "One more."))
    with followed(site):
        assert check.has_begun.wait(PATIENCE_S)
        site.append(transcription("conv_while", "One more."))
        wait_until(lambda: site.call_count() == 22)
        assert site.generations.is_marked_damaged(1)
        check.may_end.set()
        wait_until(lambda: not site.generations.is_marked_damaged(1))
    assert site.generations.current() == 1
    assert check.ended == 0


@pytest.mark.slow
def test_damage_is_found_beside(site: ProjectorSite) -> None:
    """Damage from a time without a follower is found and repaired, although the follower did not wait for the check."""
    before = site.dump()
    with_other_words(site.live())
    with followed(site):
        wait_until(lambda: site.generations.current() == 2)
    assert site.dump() == before


@pytest.mark.slow
def test_projecting_does_not_cover_damage_up(site: ProjectorSite) -> None:
    """A refold writes new checksums over the rest of a caller's rows: damage from before it is still found."""
    site.execute("DELETE FROM calls WHERE conversation_id = (SELECT max(conversation_id) FROM calls)")
    count = site.call_count()
    site.append(transcription("conv_after", "One more."))
    with followed(site):
        wait_until(lambda: site.generations.current() == 2)
        wait_until(lambda: site.call_count() == count + 1)


@pytest.mark.slow
def test_report_during_a_check_begins_another(site: ProjectorSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader's report of a page that the check has already read leads to another check."""
    check = SlowCheck(monkeypatch)
    with followed(site):
        assert check.has_begun.wait(PATIENCE_S)
        check.has_begun.clear()
        site.generations.mark_damaged(1)
        assert check.has_begun.wait(PATIENCE_S)
        assert check.ended == 1
        check.may_end.set()
        wait_until(lambda: not site.generations.is_marked_damaged(1))


@pytest.mark.slow
def test_erasure_does_not_wait_for_a_check(site: ProjectorSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A check keeps erased words in the write-ahead log while it reads: the erasure stops it, and it runs again later.
    """
    check = SlowCheck(monkeypatch)
    with followed(site):
        assert check.has_begun.wait(PATIENCE_S)
        check.has_begun.clear()
        forget_caller(site.log, site.generations, ProjectionSettings(), MARTA)
        assert check.ended  # once, or again where it began between two slices
        assert check.has_begun.wait(PATIENCE_S)


def test_check_that_was_not_finished_is_made_up_for(site: ProjectorSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """A check that had not ended when the projector closed begins again when it opens."""
    check = SlowCheck(monkeypatch)
    site.follower.catch_up(is_following=True)
    assert check.has_begun.wait(PATIENCE_S)
    site.follower.close()
    assert check.ended == 1
    check.has_begun.clear()
    check.may_end.set()
    site.follower.catch_up()
    assert check.has_begun.is_set()


def test_checked_at_one_moment(site: ProjectorSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """A check reads one snapshot: calls that are projected meanwhile are not damage to it."""
    monkeypatch.setattr("projector.read_model.sqlite.database._STEPS_BETWEEN_LOOKS", 20)
    site.follower.catch_up()
    looks = projected = 0

    def count() -> bool:
        nonlocal looks
        looks += 1
        return True

    def project_now_and_then() -> bool:
        nonlocal projected
        if count() and looks % every == 0:
            projected += 1
            site.append(transcription(f"conv_new_{projected}", "One more.", city="Rome"))
            site.follower.catch_up()
        return True

    check_sound(site.database(), should_go_on=count)
    every, looks = looks // 25, 0
    check_sound(site.database(), should_go_on=project_now_and_then)
    assert projected >= 25
    assert site.call_count() == 20 + projected
