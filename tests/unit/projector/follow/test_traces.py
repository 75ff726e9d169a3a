"""What is recorded of the projection of events, and in whose trace."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from events.tracing.identity import identity_of
from events.tracing.recording import Recording
from projector.errors import EngineError, ProjectionStoppedError
from projector.follow.traces import Traced
from projector.projection.folding.refold import Refolder
from projector.projection.settings import ProjectionSettings
from tests.support.openmemory.fake import FAKE, FakeEngines, FakeStore
from tests.support.samples import transcription
from tests.support.sites import ProjectorSite


class Kept:
    """Keeps what is to be exported."""

    def __init__(self) -> None:
        self.recordings: list[Recording] = []

    def export(self, recording: Recording) -> None:
        """Keep a recording."""
        self.recordings.append(recording)

    def close(self, *, within_s: float) -> None:
        """Do nothing."""

    def taken(self) -> list[Recording]:
        """Return what was kept, and forget it."""
        taken, self.recordings = self.recordings, []
        return taken


@pytest.fixture
def kept() -> Kept:
    """What is exported."""
    return Kept()


@pytest.fixture
def site(tmp_path: Path, kept: Kept) -> Iterator[ProjectorSite]:
    """A site that records, with one call that a replay has folded."""
    yield from opened(ProjectorSite(tmp_path), kept)


def opened(site: ProjectorSite, kept: Kept) -> Iterator[ProjectorSite]:
    """Have a site record, and fold its first call."""
    site.traces = Traced(kept, engine=site.settings.engine.name)
    site.restart()
    site.append(transcription("conv_1", "one"))
    site.follower.catch_up()
    yield site
    site.follower.close()


def positions(recordings: list[Recording]) -> list[object]:
    """Return which events were recorded, in their order."""
    return [each.attributes["elaoms.position"] for each in recordings]


def test_each_event_of_a_batch_has_a_span_in_its_own_trace(site: ProjectorSite, kept: Kept) -> None:
    """Each has its own intake, one after the other, and the fold and the commit that it shares."""
    kept.taken()
    receipts = [site.log.append(transcription(f"conv_{n}", "more"), source="webhook") for n in (2, 3, 4)]
    site.follower.catch_up()
    recordings = kept.taken()
    assert positions(recordings) == [2, 3, 4]
    assert [each.identity for each in recordings] == [identity_of(receipt) for receipt in receipts]
    assert not any(each.is_first or each.error for each in recordings)
    assert [[step.name for step in each.steps] for each in recordings] == [["take_in", "fold", "commit"]] * 3
    for each in recordings:
        times = [at for step in each.steps for at in (step.began_ns, step.ended_ns)]
        assert times == sorted(times, key=lambda at: at or 0)
        assert (each.began_ns, each.ended_ns) == (times[0], times[-1])
    assert len({(step.began_ns, step.ended_ns) for each in recordings for step in each.steps[1:]}) == 2


def test_first_fold_by_a_replay_is_recorded_and_no_later_one(site: ProjectorSite, kept: Kept) -> None:
    """What a replay folds for the first time has a span; what was known before has none, however often it is folded."""
    first = kept.taken()
    assert positions(first) == [1]
    assert first[0].attributes["elaoms.is_replay"] is True
    site.hold(transcription("conv_2", "two"))
    kept.taken()
    site.follower.close()
    site.settings = ProjectionSettings(remembers_keypad=True)
    site.append(transcription("conv_3", "three"))
    site.restart()
    site.follower.catch_up()
    assert site.call_count() == 3
    assert positions(kept.taken()) == [3]


def test_what_comes_in_after_a_replay_is_recorded_once(site: ProjectorSite, kept: Kept) -> None:
    """An event that is appended before the replay's spans are made is none that it folded."""
    kept.taken()
    place = site.log.tail()
    site.append(transcription("conv_2", "two"))
    assert site.traces is not None
    site.traces.replayed(site.log, None, place, began_ns=1)
    site.traces.replayed(site.log, None, None, began_ns=1)
    site.follower.catch_up()
    assert positions(kept.taken()) == [1, 2]


def test_event_of_another_source_begins_its_trace_here(site: ProjectorSite, kept: Kept) -> None:
    """No webhook of ingress has begun the trace of a backfilled or imported call."""
    kept.taken()
    site.append(transcription("conv_2", "two"), source="backfill")
    site.follower.catch_up()
    (recording,) = kept.taken()
    assert recording.is_first
    assert recording.attributes["elaoms.source"] == "backfill"


def test_event_that_is_set_aside_has_failed_and_its_retry_is_recorded(
    site: ProjectorSite, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The trace shows that an event could not be projected, and the try at which it could."""
    kept.taken()
    receipt = site.log.append(transcription("conv_2", "two"), source="webhook")
    body = site.log.folder / receipt.path
    body.rename(body.with_suffix(".away"))
    site.follower.catch_up()
    assert [each.error for each in kept.taken()] == ["set_aside"]
    body.with_suffix(".away").rename(body)
    site.now_s += 10_000
    site.follower.catch_up()
    assert site.faults() == []
    (again,) = kept.taken()
    assert (again.identity, again.error) == (identity_of(receipt), "")


def test_what_is_rolled_back_leaves_no_span(site: ProjectorSite, kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    """A batch that is done again leaves the spans of the one time that it was committed."""
    kept.taken()

    def stop(*_: object) -> None:
        raise ProjectionStoppedError("told to stop")

    site.append(transcription("conv_2", "two"))
    with monkeypatch.context() as patch:
        patch.setattr(Refolder, "refold", stop)
        with pytest.raises(ProjectionStoppedError):
            site.follower.catch_up()
    assert kept.taken() == []
    site.restart()
    site.follower.catch_up()
    assert positions(kept.taken()) == [2]


def test_delivery_to_an_outside_engine_is_a_span_of_each_event(tmp_path: Path, kept: Kept) -> None:
    """Once an outside engine has the memories, the trace of each event says so, and how long that took."""
    store = FakeStore()
    for site in opened(ProjectorSite(tmp_path, ProjectionSettings(engine=FAKE), FakeEngines(store)), kept):
        kept.taken()
        receipts = [site.log.append(transcription(f"conv_{n}", f"We have {n} dogs."), source="webhook") for n in (2, 3)]
        store.is_down = True
        with pytest.raises(EngineError):
            site.follower.catch_up()
        assert [each.name for each in kept.taken()] == ["project", "project"]
        store.is_down = False
        site.follower.catch_up()
        delivered = kept.taken()
        assert [(each.name, each.identity) for each in delivered] == [
            ("deliver", identity_of(receipt)) for receipt in receipts
        ]
        site.follower.catch_up()
        assert kept.taken() == []
