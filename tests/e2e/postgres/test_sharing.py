"""Several projectors at once on the same memories: one takes the log's events, all fold, any may die."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import psycopg
import pytest

from events.log.erasure import Erasure, read_erasure
from events.log.erasure_request import request_erasure
from events.log.event import Event
from events.log.receipt import Place
from events.open_log import open_log
from projector.errors import ReadModelBusyError
from projector.projection.folding.add_calls import CallAdder
from projector.read_model.open import open_generations, open_read_model
from projector.read_model.postgres import sharing
from projector.read_model.postgres.writing import PostgresWriter
from projector.read_model.protocol import ReadModelWriter
from tests.golden.stories import dump_of
from tests.support.helping import helping
from tests.support.logs import events
from tests.support.postgres import why_not
from tests.support.projectors import Projector, append, is_caught_up, projector, remembered
from tests.support.samples import MARTA, NOON_S, transcription
from tests.support.sites import ProjectorSite
from tests.support.waiting import wait_until

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not())
OTHER = "+12025550144"
_BODIES = [
    transcription(f"conv_{number}", f"My number is {number}, and I have a dog.", caller=f"+1202555{number % 20:04}")
    for number in range(60)
]


@contextmanager
def three(
    url: str, stack: ExitStack, *, first: str = "batch_committed", times: int = 1, second: str = ""
) -> Iterator[tuple[Projector, Projector, Projector]]:
    """Start one that takes, with one event in its memories, and two who help it; each hangs at its step."""
    append(open_log(url), _BODIES[0])
    with projector(url) as maker:  # the memories are made, so that all that follows is live
        maker.wait_for("follows")
        remembered(url)
    taker = stack.enter_context(projector(url, hang_at=first, times=times))
    taker.wait_for("follows")
    helpers = [stack.enter_context(projector(url, hang_at=step)) for step in (second, "")]
    for helper in helpers:
        helper.wait_for("helps")
    yield taker, helpers[0], helpers[1]


@pytest.mark.parametrize("step", ["callers_taken", "callers_folded", "batch_projected", "batch_committed"])
def test_who_helps_is_killed(memories_url: str, tmp_path: Path, step: str) -> None:
    """What a projector had taken to fold when it died is folded by the others: nothing is lost, nothing done twice."""
    log = open_log(memories_url)
    with ExitStack() as stack, three(memories_url, stack, times=2, second=step) as (taker, helper, _):
        append(log, _BODIES[1])  # a batch of one: what comes now is one of many
        taker.wait_for("hangs")
        append(log, *_BODIES[2:])
        with memories_of(memories_url) as connection:
            taker.go_on()
            helper.wait_for("hangs")
            if step != "batch_committed":
                assert connection.execute("SELECT count(*) > 0 FROM stale").fetchone() == (True,)
        helper.kill()
        assert remembered(memories_url) == dump_of(_BODIES, tmp_path)


@pytest.mark.parametrize(("step", "times"), [("callers_folded", 2), ("batch_projected", 3), ("batch_committed", 3)])
def test_who_takes_is_killed(memories_url: str, tmp_path: Path, step: str, times: int) -> None:
    """A projector that dies while it leaves many callers to all has its batch undone, or done whole; another takes."""
    log = open_log(memories_url)
    with ExitStack() as stack, three(memories_url, stack, first=step, times=times) as (taker, *_):
        append(log, _BODIES[1])
        wait_until(lambda: is_caught_up(log, open_generations(memories_url)))
        append(log, *_BODIES[2:])
        taker.wait_for("hangs")
        taker.kill()
        assert remembered(memories_url) == dump_of(_BODIES, tmp_path)


@pytest.mark.parametrize("is_replayer", [True, False])
def test_one_is_killed_in_a_replay(memories_url: str, tmp_path: Path, *, is_replayer: bool) -> None:
    """All projectors fold what one of them replays; whoever dies, what is remembered then is what would have been."""
    log = open_log(memories_url)
    append(log, *_BODIES)
    with ExitStack() as stack:
        with projector(memories_url) as maker:
            maker.wait_for("follows")
            expected = remembered(memories_url)
        former = open_generations(memories_url).current()
        replayer = stack.enter_context(projector(memories_url, hang_at="callers_marked"))
        replayer.wait_for("follows")
        helper = stack.enter_context(projector(memories_url, hang_at="callers_taken"))
        other = stack.enter_context(projector(memories_url))
        with memories_of(memories_url) as connection:
            connection.execute("DELETE FROM callers")
        open_generations(memories_url).mark_damaged(former or 0)
        replayer.wait_for("hangs")
        helper.wait_for("hangs")
        other.wait_for("helps")
        if is_replayer:
            replayer.kill()
            helper.go_on()
        else:
            helper.kill()
            replayer.go_on()

        wait_until(lambda: open_generations(memories_url).current() not in {None, former})
        assert remembered(memories_url) == expected == dump_of(_BODIES, tmp_path)


def test_erasure_beside_who_folds(memories_url: str, tmp_path: Path) -> None:
    """Three projectors leave nothing of who asked to be forgotten, and account for a call that comes late."""
    log, forgotten = open_log(memories_url), "+12025550007"
    with ExitStack() as stack, three(memories_url, stack, times=2) as (taker, *_):
        append(log, _BODIES[1])
        taker.wait_for("hangs")
        append(log, *_BODIES[2:])
        request = request_erasure(log, forgotten, clock_s=lambda: NOON_S + 3600.0).position
        append(log, transcription("conv_late", "I keep a heliotrope.", caller=forgotten))
        taker.go_on()

        def is_finished() -> bool:
            with open_read_model(open_generations(memories_url)) as read_model:
                state = read_model.erasure(request)
            return state is not None and state.is_finished

        wait_until(is_finished)
        found = remembered(memories_url)
        of_others = [body for number, body in enumerate(_BODIES) if number % 20 != 7]
        assert found == dump_of(of_others, tmp_path)
        listed = [read for event in events(log) if isinstance(read := erasure_in(event), Erasure)]
        assert {"conv_7", "conv_27", "conv_47", "conv_late"} <= {id_ for each in listed for id_ in each.conversations}
        with memories_of(memories_url) as connection:
            for table in ("callers", "calls", "memories", "segments", "stale", "parties"):
                sql = f"SELECT count(*) FROM {table} WHERE caller = %s"  # noqa: S608 - our own words
                assert connection.execute(sql, [forgotten]).fetchone() == (0,), table


def erasure_in(event: Event) -> object:
    return read_erasure(event) if event.receipt.source == "erasure" else None


@contextmanager
def memories_of(url: str) -> Iterator["psycopg.Connection[tuple[object]]"]:
    """Look into the live memories."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"SET search_path TO elaoms_g{open_generations(url).current()}")
        yield connection


def take(writer: ReadModelWriter, place: Place) -> None:
    with writer.transaction():
        writer.calls.note_machine("conv_3")
        writer.note_place(place)


def test_two_never_take_at_once(site: ProjectorSite) -> None:
    """Who lost the lock without knowing it changes nothing any more once another one has gone on."""
    site.append(transcription("conv_1", "one"))
    site.follower.catch_up()
    first = site.memories.open(site.memories.current() or 0)
    second = site.memories.open(site.memories.current() or 0)
    site.append(transcription("conv_2", "two"))
    tail = site.log.tail()
    assert tail is not None
    with closing(first), closing(second):
        with first.transaction():
            first.note_place(tail)
        with pytest.raises(ReadModelBusyError, match="another projector has gone on"):
            take(second, tail)
        assert not second.calls.is_machine("conv_3")


def test_who_hangs_in_the_middle_of_an_answer(site: ProjectorSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who folds and stops reading a long answer is thrown out, and others go on: the server is not idle meanwhile."""
    monkeypatch.setattr(sharing, "_FOLD", sharing._FOLD.replace("60s", "2s"))
    site.follower.catch_up()
    writer, other = (site.memories.open(site.memories.current() or 0) for _ in range(2))
    assert isinstance(writer, PostgresWriter)
    with closing(writer), closing(other):
        with pytest.raises(ReadModelBusyError):
            hang_beside(writer, other)
        assert other.calls.is_machine("conv_3")


def hang_beside(writer: PostgresWriter, other: ReadModelWriter) -> None:
    with writer.sharing.folding():
        writer._database._connection.pgconn.send_query(b"SELECT repeat('x', 1000000) FROM generate_series(1, 60)")
        with other.transaction():  # waits for 20 seconds at most
            other.calls.note_machine("conv_3")
        writer.sharing.marks.waiting()  # it goes on, and learns that it was thrown out


def test_who_cannot_be_folded_stops_nobody(site: ProjectorSite, tmp_path: Path) -> None:
    """A caller on whom our own code fails is set aside and listed; others are folded, and this one once it can be."""
    bodies = [
        transcription(f"conv_{number}", f"My number is {number}.", caller=(MARTA, OTHER, "+12025550199")[number % 3])
        for number in range(12)
    ]
    site.append(bodies[0])
    site.follower.catch_up()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(CallAdder, "add", failing_for(OTHER, CallAdder.add))
        with helping(site, threads=1):
            site.append(*bodies[1:])
            site.follower.catch_up()
    with site.read_model() as read_model:
        assert read_model.waiting() == 0
        assert read_model.view(OTHER) is None
        view = read_model.view(MARTA)
        assert view is not None
        assert view.call_count == 4
    assert ["RuntimeError" in error for error in site.errors()] == [True]

    site.now_s += 60.0
    site.catch_up()
    assert site.errors() == []
    assert site.dump() == dump_of(bodies, tmp_path / "expected")


def failing_for(caller: str, add: Callable[..., bool]) -> Callable[..., bool]:
    def fail(self: CallAdder, of: str, *args: object) -> bool:
        if of == caller:
            raise RuntimeError("a fault of ours")
        return add(self, of, *args)

    return fail
