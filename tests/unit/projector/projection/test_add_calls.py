"""New calls are added to what is stored, newer versions have all calls folded anew; neither hides damage."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from projector.domain.calls import Call
from projector.domain.memories import Memory
from projector.domain.rules.said import said_memories
from projector.engines.open import Engines
from projector.engines.settings import EngineSettings
from projector.errors import ReadModelDamagedError
from projector.projection.projection import Projection
from projector.read_model.records import KeptCall
from projector.read_model.sqlite.tables.callers import Callers
from projector.read_model.sqlite.tables.calls import Calls
from tests.support.cost import cost_of
from tests.support.extractions import extraction, statement
from tests.support.read_models import check_sound
from tests.support.samples import MARTA, NOON_S, transcription
from tests.support.sites import ProjectorSite
from tests.support.tables import tables_of

BEN = "+12025550144"
HOUR_S = 3600


def numbered(number: int, *said: str, **of: Any) -> bytes:
    """Return a call of Marta's that began `number` hours after noon."""
    of = {"at_s": NOON_S + number * HOUR_S, "first_name": "Marta", "topic": f"topic {number % 3}", **of}
    return transcription(f"conv_{number:04d}", *(said or ("My zebra is ill.",)), **of)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[ProjectorSite]:
    """A site that holds three calls of Marta's, one hour after the other."""
    site = ProjectorSite(tmp_path)
    site.append(*(numbered(number) for number in range(3)))
    site.follower.catch_up()
    yield site
    site.follower.close()


@contextmanager
def projection_of(site: ProjectorSite) -> Iterator[Projection]:
    """Open the live generation, and look neither for damage nor for whoever else wrote."""
    writer = site.generations.open(site.generations.current() or 0)
    with closing(Projection(writer, Engines(EngineSettings()), site.settings, site.log, clock_s=lambda: 0.0)) as opened:
        yield opened


def take_new(site: ProjectorSite, *bodies: bytes) -> None:
    """Append events, and project them."""
    site.append(*bodies)
    with projection_of(site) as projection:
        projection.take(site.log.read(projection.read_model.place()))


@pytest.fixture
def folded_whole(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the callers of whom all calls were read, as this happens."""
    callers: list[str] = []
    of = Calls.of

    def noted(calls: Calls, caller: str) -> list[KeptCall]:
        callers.append(caller)
        return of(calls, caller)

    monkeypatch.setattr(Calls, "of", noted)
    return callers


def assert_as_replayed(site: ProjectorSite) -> None:
    """Compare every table with those that a replay writes."""
    site.follower.close()
    check_sound(site.database())
    added = tables_of(site)
    site.replay()
    assert added == tables_of(site)


@pytest.mark.parametrize(
    "bodies",
    [
        [numbered(3)],
        [numbered(3), numbered(4), numbered(5)],
        [numbered(4), numbered(3)],
        [numbered(3, at_s=NOON_S + 2 * HOUR_S)],
        [numbered(3), numbered(3)],
        [numbered(3), numbered(0)],
        [numbered(3, "", first_name=None, topic=None)],
        [numbered(3, caller=None)],
        [numbered(3, at_s=NOON_S - HOUR_S)],
        [numbered(3, at_s=None)],
        [numbered(3), numbered(4, at_s=NOON_S - HOUR_S), numbered(5)],
    ],
    ids=[
        *("one", "three", "a batch out of order", "same second", "twice", "an old one again", "silent", "of nobody"),
        *("late", "no time", "late in a batch"),
    ],
)
def test_new_call_is_added(site: ProjectorSite, folded_whole: list[str], bodies: list[bytes]) -> None:
    """A call that is later than all before is added, also where a batch holds several, and so is one a little late."""
    take_new(site, *bodies)

    assert MARTA not in folded_whole
    assert_as_replayed(site)


@pytest.mark.parametrize(
    "bodies",
    [
        [numbered(2, "My zebra is well.", event_timestamp=NOON_S)],
        [numbered(0, "My zebra is well.", event_timestamp=NOON_S)],
        [numbered(3), numbered(3, "My zebra is well.", event_timestamp=NOON_S)],
        [numbered(1, caller=BEN, event_timestamp=NOON_S)],
    ],
    ids=["last", "first", "in a batch", "of another caller"],
)
def test_newer_version_is_folded_with_all(site: ProjectorSite, folded_whole: list[str], bodies: list[bytes]) -> None:
    """A newer version of a call has its caller folded whole, once for each batch."""
    take_new(site, *bodies)

    assert folded_whole.count(MARTA) == 1
    assert_as_replayed(site)


@pytest.fixture
def long_site(site: ProjectorSite) -> ProjectorSite:
    """A site that holds a hundred calls of Marta's."""
    site.append(*(numbered(number) for number in range(3, 100)))
    site.follower.catch_up()
    site.follower.close()
    return site


@pytest.mark.parametrize("late_by", [1, 3, 4, 5, 30, 36])
def test_late_call_is_added_to_the_few_after_it(
    long_site: ProjectorSite, folded_whole: list[str], late_by: int
) -> None:
    """Where calls of one caller overlap, one that ends last but began first needs no fold of all calls."""
    take_new(long_site, numbered(100, at_s=NOON_S + (100 - late_by) * HOUR_S - 1, topic="topic 1"), numbered(101))

    assert MARTA not in folded_whole
    assert_as_replayed(long_site)


def test_very_late_call_is_folded_with_all(long_site: ProjectorSite, folded_whole: list[str]) -> None:
    """A call that began before the last few dozen has its caller folded whole."""
    take_new(long_site, numbered(100, at_s=NOON_S - 1))

    assert folded_whole == [MARTA]
    assert_as_replayed(long_site)


@pytest.mark.parametrize(
    ("named", "is_told_again"),
    [("Ana", True), ("Marta", False)],
    ids=["of another person", "of the same"],
)
def test_late_call_gives_back_what_a_later_one_had_superseded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str, is_told_again: bool
) -> None:
    """A name told between two calls makes them two people's: the older value is no longer history."""
    monkeypatch.setattr("projector.domain.rules.fold_state._CALLS_PER_STOP", 1)
    site = ProjectorSite(tmp_path)
    insured = partial(numbered, insurance="Aetna", topic=None)
    site.append(insured(0, first_name=None), insured(2, first_name="Marta"))
    site.follower.catch_up()
    take_new(site, numbered(1, first_name=named, topic=None))

    with site.read_model() as read_model:
        insured_as = [each for each in read_model.all_memories(MARTA) if each.key == "insurance"]
    assert [each.is_current for each in insured_as if each.occurred_at_s == NOON_S] == [is_told_again]
    assert_as_replayed(site)


def test_erased_caller_begins_anew(site: ProjectorSite) -> None:
    """After an erasure nothing of the earlier calls is left in the state: neither a name nor a count."""
    site.forget(at_s=NOON_S + 10 * HOUR_S)
    site.append(numbered(20, first_name=None))
    site.follower.catch_up()

    with site.read_model() as read_model:
        view = read_model.view(MARTA)
    assert view is not None
    assert (view.name, view.call_count) == ("", 1)
    assert not site.files_holding("topic 1")
    assert_as_replayed(site)


@pytest.mark.parametrize("state", [None, b"", b"not JSON", b"\xff", b'{"caller": 1}'])
def test_state_that_cannot_be_read_is_made_anew(site: ProjectorSite, state: bytes | None) -> None:
    """A caller without a readable state is folded whole, and has one again."""
    site.follower.close()
    with site.opened() as database:
        callers = Callers(database)
        view = database.value("SELECT body FROM callers WHERE caller = ?", MARTA)
        callers.put(MARTA, view, state, callers.noted(MARTA))
        callers.settle()
    take_new(site, numbered(3))

    assert_as_replayed(site)


def test_call_that_cannot_be_added_is_set_aside_alone(site: ProjectorSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault of our own fold costs the call that triggers it; those before and after it in the batch are added."""

    def fail_on_one(call: Call, person: int) -> Iterator[Memory]:
        if call.conversation_id == "conv_0004":
            raise ZeroDivisionError
        return said_memories(call, person)

    monkeypatch.setattr("projector.domain.fold.said_memories", fail_on_one)
    take_new(site, numbered(3), numbered(4), numbered(5))

    assert [fault.conversation_id for fault in site.faults()] == ["conv_0004"]
    assert site.call_count() == 5
    assert_as_replayed(site)


@pytest.mark.slow
def test_cost_of_a_new_call_hardly_grows(tmp_path: Path) -> None:
    """
    Calls take hardly more steps, in Python and in SQLite, after 400 calls of their caller than after 40.

    Of many calls in a row: now and then one has the segments of earlier ones merged, at a cost that grows with the
    logarithm of their number.
    """
    site = ProjectorSite(tmp_path)
    costs = []
    for begin, end in ((0, 40), (104, 400)):
        site.append(*(numbered(number) for number in range(begin, end)))
        site.follower.catch_up()
        site.follower.close()
        with projection_of(site) as projection:
            calls = steps = 0
            for number in range(end, end + 64):
                site.append(numbered(number))
                events = list(site.log.read(projection.read_model.place()))
                cost = cost_of(partial(projection.take, events), projection.read_model._database)  # type: ignore[attr-defined]
                calls, steps = calls + cost.calls, steps + cost.steps
            costs.append((calls, steps))

    assert costs[1][0] < costs[0][0] * 1.7
    assert costs[1][1] < costs[0][1] * 1.7


@pytest.mark.slow
@pytest.mark.parametrize("is_new", [True, False], ids=["new values", "the same again"])
def test_cost_of_a_call_that_teaches_hardly_grows(tmp_path: Path, is_new: bool) -> None:
    """A call and what a model said of it take hardly more steps after 240 such calls of their caller than after 24."""

    def taught(number: int) -> list[tuple[bytes, str]]:
        insurer = f"Insurer{'abcdefghij'[number % 10]}" if is_new else "Delta"
        said = (f"I'm with {insurer} now.", f"My order is {10_000 + number * is_new}.", "I like tea.")
        body = numbered(number, *said, insurance_provider=insurer)
        values = (("insurance", insurer), ("order", str(10_000 + number * is_new)), ("interest", "tea"))
        items = [
            statement("I like tea.", 2 * at + 1, attribute=attribute, value=value, content=f"{value}.", quote=said[at])
            for at, (attribute, value) in enumerate(values)
        ]
        return [(body, "webhook"), (extraction(body, *items), "extraction")]

    site = ProjectorSite(tmp_path)
    costs = []
    for begin, end in ((0, 24), (56, 240)):
        for body, source in (each for number in range(begin, end) for each in taught(number)):
            site.append(body, source=source)
        site.follower.catch_up()
        site.follower.close()
        with projection_of(site) as projection:
            calls = steps = 0
            for body, source in (each for number in range(end, end + 32) for each in taught(number)):
                site.append(body, source=source)
                events = list(site.log.read(projection.read_model.place()))
                cost = cost_of(partial(projection.take, events), projection.read_model._database)  # type: ignore[attr-defined]
                calls, steps = calls + cost.calls, steps + cost.steps
            costs.append((calls, steps))

    assert costs[1][0] < costs[0][0] * 1.7
    assert costs[1][1] < costs[0][1] * 1.7
    assert site.rows("SELECT count(*) FROM memories WHERE kind = 'fact'")[0][0] >= 3


MISSING = {
    "a memory": "DELETE FROM memories WHERE conversation_id = 'conv_0001' AND kind = 'turn'",
    "a call": "DELETE FROM calls WHERE conversation_id = 'conv_0001'",
}


@pytest.mark.parametrize("sql", MISSING.values(), ids=MISSING)
def test_added_call_hides_no_missing_row(site: ProjectorSite, sql: str) -> None:
    """What was missing before a call was added is still found by the check after it."""
    site.follower.close()
    site.execute(sql)
    take_new(site, numbered(3, first_name=None, topic=None))

    with pytest.raises(ReadModelDamagedError):
        check_sound(site.database())


@pytest.mark.parametrize("sql", MISSING.values(), ids=MISSING)
def test_whole_fold_finds_a_missing_row(site: ProjectorSite, sql: str) -> None:
    """A fold of all calls notices that one of them, or a memory, is not there any more, and writes nothing."""
    site.follower.close()
    site.execute(sql)
    with pytest.raises(ReadModelDamagedError, match="not those that were written"):
        take_new(site, numbered(2, event_timestamp=NOON_S))

    with pytest.raises(ReadModelDamagedError):
        check_sound(site.database())


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM memories WHERE conversation_id = 'conv_0002' AND key = 'first_name'",
        "UPDATE memories SET body = '{}' WHERE conversation_id = 'conv_0002' AND key = 'first_name'",
        "UPDATE memories SET conversation_id = 'conv_0001' WHERE key = 'first_name'",
        "DELETE FROM callers",
        "UPDATE callers SET state = x'00'",
    ],
)
def test_call_is_not_added_to_what_is_damaged(site: ProjectorSite, sql: str) -> None:
    """Where a row that a new call needs is missing or altered, this is damage, and nothing is written."""
    site.follower.close()
    site.execute(sql)
    before = tables_of(site)
    with pytest.raises(ReadModelDamagedError):
        take_new(site, numbered(3))

    assert tables_of(site) == before


def work(projection: Projection) -> None:
    """Remove what was erased, slice by slice."""
    while projection.erasure_work.step(is_waiting=True):
        pass


def test_erasure_hides_no_missing_row(site: ProjectorSite) -> None:
    """A caller who is forgotten, and of whom a call has gone missing, leaves a damaged read model, not a sound one."""
    site.follower.close()
    site.execute(MISSING["a call"])
    site.request_erasure(at_s=NOON_S + 10 * HOUR_S)
    with projection_of(site) as projection:
        projection.take(site.log.read(projection.read_model.place()))
        with pytest.raises(ReadModelDamagedError):
            work(projection)
