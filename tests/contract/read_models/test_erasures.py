"""What a read model knows of erasures: requests, parties, and erased conversations."""

from collections import Counter
from datetime import UTC, datetime

import msgspec
import pytest

from events.log.erasure import ErasedEvent, Erasure, ErasureRequest
from events.log.receipt import Place
from projector.read_model.protocol import ReadModelWriter
from projector.read_model.records import Arrival, ErasureState, KeptRequest, KnownClock, MissedCall
from tests.contract.engines.memories import ANA, BEN, memory
from tests.contract.read_models.rows import call, write

NOON_S = int(datetime(2026, 1, 1, 12, tzinfo=UTC).timestamp())
REQUEST, PLACE = ErasureRequest(id="1", caller="hash", key_id="key", requested_at_s=NOON_S), Place(7, 0, "a" * 64)


def account(*events: ErasedEvent, conversations: tuple[str, ...] = ("conv_1",), request: int = 7) -> Erasure:
    """Return the erasure of the request."""
    return Erasure(
        request=request,
        caller="hash",
        requested_at_s=NOON_S,
        conversations=conversations,
        events=events,
        counts={},
        has_searched=True,
    )


def event(position: int, conversation: str | None = "conv_1", path: str = "conv_1/a.json") -> ErasedEvent:
    """Return an event that an erasure lists."""
    return ErasedEvent(position=position, kind="transcription", conversation_id=conversation, path=path)


def test_requests_are_kept_with_what_the_log_knew_of_the_time(writer: ReadModelWriter) -> None:
    """A request is found by its caller's hash, with its place, its rule, and the clock that was noted for it."""
    writer.erasures.keep_request(REQUEST, PLACE)
    later = msgspec.structs.replace(REQUEST, by_position=True)
    writer.erasures.keep_request(later, Place(9, 0, "b" * 64))
    writer.erasures.note_clock(9, received_at_s=NOON_S + 1, latest_s=NOON_S - 5, skew_s=600)

    assert writer.erasures.has_requests()
    assert writer.erasures.request(7) == ("hash", NOON_S)
    first = KeptRequest(PLACE, "hash", NOON_S, by_position=False, received_at_s=None, latest_s=None, skew_s=None)
    second = KeptRequest(
        Place(9, 0, "b" * 64),
        "hash",
        NOON_S,
        by_position=True,
        received_at_s=NOON_S + 1,
        latest_s=NOON_S - 5,
        skew_s=600,
    )
    assert writer.erasures.requests_of("hash") == writer.erasures.to_search_for() == [first, second]
    assert writer.erasures.requests_of("other") == []


def test_request_is_searched_for_once_and_not_while_it_is_set_aside(writer: ReadModelWriter) -> None:
    """A request waits for its search until that is noted; one that is set aside as a fault is left alone."""
    for position in (7, 9):
        writer.erasures.keep_request(REQUEST, Place(position, 0, "a" * 64))
    writer.faults.record(Place(9, 0, "a" * 64), "erasure-request", None, "a bug", now_s=0)
    assert [request.place.position for request in writer.erasures.to_search_for()] == [7]
    writer.erasures.note_searched(7, [3])
    assert writer.erasures.unread(7) == (3,)
    assert writer.erasures.to_search_for() == []
    assert writer.erasures.to_account() == [7]


def test_request_is_unfinished_until_it_is_accounted_and_wiped(writer: ReadModelWriter) -> None:
    """A request is finished once its erasure is stored and the files are wiped; a later find opens it again."""
    assert writer.read_model.erasure(7) is None
    writer.erasures.keep_request(REQUEST, PLACE)
    assert writer.read_model.erasure(7) == ErasureState(None, is_finished=False)
    assert writer.erasures.unfinished() == []
    assert writer.read_model.unfinished_erasures(requested_until_s=NOON_S) == 1
    assert writer.read_model.unfinished_erasures(requested_until_s=NOON_S - 1) == 0

    writer.erasures.keep(account(event(3)))
    assert writer.erasures.unfinished() == writer.erasures.accounted() == [7]
    writer.erasures.finish([7])
    assert writer.read_model.erasure(7) == ErasureState(account(event(3)), is_finished=True)
    writer.erasures.unfinish()
    assert writer.erasures.unfinished() == [7]


def test_first_erasure_of_a_request_is_its_account(writer: ReadModelWriter) -> None:
    """A second erasure for a request, of late events, covers more, and the first one stays the request's account."""
    writer.erasures.keep_request(REQUEST, PLACE)
    first = account(event(3))
    writer.erasures.keep(first)
    writer.erasures.keep(account(event(8, None, "_events/x/y.json"), conversations=("conv_2",)))

    state = writer.read_model.erasure(7)
    assert state is not None
    assert state.account == first
    assert [writer.erased.has_event(at) for at in (3, 8, 9)] == [True, True, False]
    assert writer.erased.request_of_conversation("conv_2") == 7
    assert writer.read_model.is_erased("conv_1")
    assert not writer.read_model.is_erased("conv_3")
    assert writer.erasures.to_search_for() == []


def test_what_is_erased_is_unlisted_until_an_erasure_lists_it(writer: ReadModelWriter) -> None:
    """The events of an erased conversation, and single ones, are listed once; a later erasure lists later ones."""
    writer.erasures.keep_request(REQUEST, PLACE)
    writer.filed.note([event(3), event(4, path="conv_1/b.json"), event(5, "conv_2", "conv_2/a.json")])
    stray = event(6, None, "_unreadable/a.body")
    writer.erased.erase("conv_1", 7)
    writer.erased.erase_event(event(4, path="conv_1/b.json"), 7)
    writer.erased.erase_event(stray, 7)
    writer.erasures.note_removed(7, Counter({"read_model.calls": 2, "none": 0}))

    conversations, events = writer.erased.unlisted(7)
    assert (conversations, events) == (["conv_1"], [event(3), event(4, path="conv_1/b.json"), stray])
    erasure = account(*events)
    erasure = msgspec.structs.replace(erasure, counts={"read_model.calls": 2})
    writer.erasures.note_removed(7, Counter({"read_model.calls": 1}))
    assert not writer.erasures.has_account(7)
    writer.erasures.keep(erasure)
    assert writer.erasures.has_account(7)
    assert writer.erased.unlisted(7) == ([], [])
    assert writer.erasures.to_account() == []
    assert writer.erasures.removed(7) == Counter({"read_model.calls": 1})
    writer.erasures.keep(erasure)
    assert writer.erasures.removed(7) == Counter({"read_model.calls": 1})
    assert writer.erasures.removed_ever(7) == 3

    writer.erased.erase_event(event(4, path="conv_1/b.json"), 7)
    assert writer.erasures.to_account() == []
    writer.erased.erase_event(event(11), 7)
    assert writer.erased.unlisted(7) == ([], [event(11)])
    assert writer.erasures.to_account() == [7]


def test_erasure_is_carried_out_in_the_log_before_its_request_is_finished(writer: ReadModelWriter) -> None:
    """A request is carried out once its first erasure is; those of late events come in order, and hold up none."""
    writer.erasures.keep_request(REQUEST, PLACE)
    assert writer.erasures.is_carrying_out()
    writer.erasures.keep(account(event(3)))
    assert not writer.erasures.is_carrying_out()
    assert writer.erased.removal() is None
    for position in (12, 10):
        writer.erased.begin_removal(Place(position, 1, "d" * 64), is_first=position == 10)
    assert writer.erasures.is_carrying_out()
    assert writer.erased.removal() == Place(10, 1, "d" * 64)
    writer.erased.end_removal(10)
    assert not writer.erasures.is_carrying_out()
    assert writer.erased.removal() == Place(12, 1, "d" * 64)
    writer.parties.begin_forgetting(ANA, 7)
    assert writer.erasures.is_carrying_out()


def test_parties_keep_the_earliest_start_and_the_first_position(writer: ReadModelWriter) -> None:
    """A conversation counts for each caller that any of its versions named."""
    writer.parties.note("conv_1", ANA, 10, position=1)
    writer.parties.note("conv_1", ANA, 5, position=4)
    writer.parties.note("conv_1", BEN, 20, position=2)
    writer.parties.note("conv_0", ANA, 7, position=3)

    assert sorted(writer.parties.callers()) == sorted([ANA, BEN])
    assert writer.read_model.conversations(ANA) == ["conv_1", "conv_0"]
    assert writer.parties.held(["conv_0", "conv_9"]) == ["conv_0"]


@pytest.mark.parametrize(
    ("before", "started_until_s", "erased"),
    [(0, 4, []), (0, 5, ["conv_1"]), (0, 7, ["conv_0", "conv_1"]), (2, 0, ["conv_1"]), (4, 0, ["conv_0", "conv_1"])],
)
def test_conversations_are_erased_by_their_position_or_their_start(
    writer: ReadModelWriter, before: int, started_until_s: int, erased: list[str]
) -> None:
    """Erasing a caller takes the conversations that came in before a position, and those that started by a second."""
    writer.parties.note("conv_1", ANA, 5, position=1)
    writer.parties.note("conv_0", ANA, 7, position=3)
    writer.parties.note("conv_2", BEN, 1, position=1)
    for expected in (len(erased), 0):
        assert writer.parties.erase(ANA, 7, before=before, started_until_s=started_until_s) == expected
    assert sorted(id_ for id_, _ in writer.parties.to_forget(ANA, limit=9)) == erased
    assert [id_ for id_ in ("conv_0", "conv_1", "conv_2") if writer.read_model.is_erased(id_)] == erased
    assert not set(writer.read_model.conversations(ANA)) & set(erased)


def test_whom_an_event_names_counts_until_a_caller_is_known(writer: ReadModelWriter) -> None:
    """Whoever is only named has a conversation as long as the fold knows no caller of it; its own key is none."""
    writer.parties.note("conv_1", ANA, 5, position=1, is_folded=False)
    writer.parties.note("conv_1", "conversation:conv_1", 5, position=2)
    assert not writer.parties.has_caller("conv_1")
    assert writer.read_model.conversations(ANA) == ["conv_1"]
    writer.parties.note("conv_1", BEN, 5, position=3)
    assert writer.parties.has_caller("conv_1")
    assert writer.read_model.conversations(ANA) == []
    assert writer.parties.erase(ANA, 7, before=7, started_until_s=0) == 0
    assert writer.read_model.conversations(BEN) == ["conv_1"]
    writer.parties.note("conv_1", ANA, 5, position=4)
    writer.parties.note("conv_1", ANA, 5, position=4, is_folded=False)
    assert writer.read_model.conversations(ANA) == ["conv_1"]
    assert writer.parties.erase(ANA, 7, before=7, started_until_s=0) == 1


def test_call_that_another_caller_has_now_is_named(writer: ReadModelWriter) -> None:
    """A conversation that was a caller's once, and of which another's version is kept, is told from the others."""
    writer.calls.put(call("conv_1", BEN), agent_number=None)
    writer.calls.put(call("conv_2"), agent_number=None)
    for id_ in ("conv_1", "conv_2"):
        writer.parties.note(id_, ANA, 5, position=1)
    assert writer.parties.in_anothers_call(ANA, before=7, started_until_s=0) == ["conv_1"]


def test_nobody_reads_of_a_caller_who_is_being_forgotten(writer: ReadModelWriter) -> None:
    """From the note on, a reader gets nothing of that caller, and all of others, though the rows are still there."""
    kept = {caller: memory("one", caller=caller, conversation=f"conv_{caller}") for caller in (ANA, BEN)}
    for caller, one in kept.items():
        write(writer, one, calls=(call(f"conv_{caller}", caller),), caller=caller)
        writer.calls.put_missed(MissedCall(f"missed_{caller}", 1, "busy"), caller, sha256="a")
    writer.parties.begin_forgetting(ANA, 7)
    writer.parties.begin_forgetting(ANA, 9)
    read_model = writer.read_model

    assert writer.parties.being_forgotten() == {ANA: 7}
    assert (read_model.view(ANA), read_model.missed_calls(ANA)) == (None, [])
    assert read_model.recent(ANA, agent_id=None, limit=9) == list(read_model.all_memories(ANA)) == []
    assert read_model.memories(ANA, [kept[ANA].id]) == {}
    assert read_model.recent(BEN, agent_id=None, limit=9) == [kept[BEN]]
    writer.parties.end_forgetting(ANA)
    assert writer.parties.being_forgotten() == {}


def test_places_of_events_are_found_without_the_journal(writer: ReadModelWriter) -> None:
    """Conversations come in the order of their ids, and events of none in that of their places, piece by piece."""
    writer.filed.note([event(1, "conv_b"), event(2, "conv_a"), event(3, "conv_b")])
    for position in (5, 4, 9, 4):
        writer.filed.note_stray(Place(position, position * 100, "e" * 64))

    assert writer.filed.conversations(after="", limit=1) == ["conv_a"]
    assert writer.filed.conversations(after="conv_a", limit=9) == ["conv_b"]
    assert writer.filed.strays(after=0, before=9, limit=1) == [Place(4, 400, "e" * 64)]
    assert writer.filed.strays(after=4, before=9, limit=9) == [Place(5, 500, "e" * 64)]


def test_clock_is_kept(writer: ReadModelWriter) -> None:
    """What the log said of the time is unknown at first, and kept with the place."""
    assert writer.clock() == KnownClock()
    known = KnownClock(NOON_S, (Arrival(3, NOON_S + 1, NOON_S),))
    with writer.transaction():
        writer.note_clock(known)
    assert writer.clock() == known


def test_requests_of_a_lost_key_are_named(writer: ReadModelWriter) -> None:
    """A request that was made with a key we no longer have is listed by its place."""
    writer.erasures.keep_request(REQUEST, PLACE)

    assert writer.erasures.requests_of_other_keys(["key"]) == []
    assert writer.erasures.requests_of_other_keys(["other"]) == [PLACE]
