"""What a read model knows of erasures: requests, parties, and erased conversations."""

from datetime import UTC, datetime

from events.log.erasure import ErasedEvent, Erasure, ErasureRequest
from events.log.receipt import Place
from projector.read_model.protocol import ReadModelWriter
from projector.read_model.records import ErasureState, MissedCall
from tests.contract.engines.memories import ANA, BEN
from tests.contract.read_models.rows import call

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


def test_request_covers_calls_up_to_its_moment(writer: ReadModelWriter) -> None:
    """A request covers the calls of its caller that began by then, and no later ones; the earliest start counts."""
    writer.erasures.keep_request(REQUEST, PLACE)
    writer.erasures.keep_request(REQUEST, Place(9, 0, "b" * 64))

    assert writer.erasures.has_requests()
    assert writer.erasures.request(7) == ("hash", NOON_S)
    assert writer.erasures.request_for("hash", NOON_S) == 7
    assert writer.erasures.request_for("hash", NOON_S + 1) is None
    assert writer.erasures.request_for("other", NOON_S) is None


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
    assert [writer.erasures.has_event(at) for at in (3, 8, 9)] == [True, True, False]
    assert writer.erasures.request_of_conversation("conv_2") == 7
    assert writer.read_model.is_erased("conv_1")
    assert not writer.read_model.is_erased("conv_3")
    assert writer.erasures.has_searched(7)


def test_erased_conversation_leaves_no_row(writer: ReadModelWriter) -> None:
    """Erasing a conversation removes its call, its missed call, its parties and its faults, and returns how many."""
    writer.erasures.keep_request(REQUEST, PLACE)
    writer.calls.put(call(), agent_number=None)
    writer.calls.put_missed(MissedCall("conv_1", 1, "busy"), ANA, sha256="a")
    writer.erasures.note_party("conv_1", ANA, 5)
    writer.faults.record(Place(3, 0, "c" * 64), "transcription", "conv_1", "cannot be read", now_s=0)

    assert writer.erasures.erase("conv_1", 7) == {"calls": 1, "missed_calls": 1, "parties": 1, "faults": 1}
    assert writer.calls.get("conv_1") is None
    assert writer.read_model.conversations(ANA) == []
    assert writer.read_model.faults() == []
    assert writer.erasures.erase("conv_1", 7) == {"calls": 0, "missed_calls": 0, "parties": 0, "faults": 0}


def test_parties_keep_the_earliest_start(writer: ReadModelWriter) -> None:
    """A conversation counts for each caller that any of its versions named, from the earliest start on."""
    writer.erasures.note_party("conv_1", ANA, 10)
    writer.erasures.note_party("conv_1", ANA, 5)
    writer.erasures.note_party("conv_1", BEN, 20)
    writer.erasures.note_party("conv_0", ANA, 7)

    assert sorted(writer.erasures.parties()) == sorted([ANA, BEN])
    assert writer.erasures.conversations(ANA, started_until_s=5) == ["conv_1"]
    assert writer.erasures.conversations(ANA, started_until_s=7) == ["conv_0", "conv_1"]
    assert writer.read_model.conversations(ANA) == ["conv_1", "conv_0"]


def test_requests_of_a_lost_key_are_named(writer: ReadModelWriter) -> None:
    """A request that was made with a key we no longer have is listed by its place."""
    writer.erasures.keep_request(REQUEST, PLACE)

    assert writer.erasures.requests_of_other_keys(["key"]) == []
    assert writer.erasures.requests_of_other_keys(["other"]) == [PLACE]
