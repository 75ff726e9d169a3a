"""The log names a caller by a hash alone, and an erasure removes what it lists, and nothing else."""

import threading

import pytest

from events.errors import DamagedEventError, JournalError
from events.log.erasure import CallerHashes, ErasedEvent, Erasure, ErasureRequest, read_erasure
from events.log.erasure_request import request_erasure
from events.log.event import Event
from events.log.protocol import EventLog
from tests.contract.logs.kinds import Kind
from tests.support.logs import CALL, LATER, OTHER, append, assert_in_order, bodies, events
from tests.support.samples import MARTA, audio, failure, transcription
from tests.support.waiting import wait_until

BEN = "+12025550144"
DIGEST = "0" * 64


def erasure(*removed: Event, conversations: tuple[str, ...] = ()) -> Erasure:
    """Return the erasure of some events."""
    listed = [
        ErasedEvent(
            position=event.place.position,
            kind=event.receipt.kind,
            conversation_id=event.receipt.conversation_id,
            path=event.receipt.path,
        )
        for event in removed
    ]
    return listing(*listed, conversations=conversations)


def listing(*listed: ErasedEvent, conversations: tuple[str, ...] = ()) -> Erasure:
    return Erasure(
        request=1, caller=DIGEST, requested_at_s=0, conversations=conversations, events=tuple(listed), counts={}
    )


def is_gone(event: Event) -> bool:
    """Return whether the body of an event is gone; a body that is there must be intact."""
    try:
        event.body()
    except DamagedEventError:
        return True
    return False


def gone(log: EventLog) -> list[int]:
    """Return the positions of the events whose bodies are gone; every receipt must still be there."""
    return [event.place.position for event in events(log) if is_gone(event)]


def test_request_names_the_caller_by_a_hash(log: EventLog, again: EventLog) -> None:
    """Only with the log's key does a request reveal which caller to erase, and up to when."""
    receipt = request_erasure(log, MARTA, clock_s=lambda: 1_800_000_000.9)

    (event,) = events(again)
    request = read_erasure(event)
    hashes = again.caller_hashes()
    assert isinstance(request, ErasureRequest)
    assert event.receipt == receipt
    assert request == ErasureRequest(
        id=request.id,
        caller=hashes.of(MARTA),
        key_id=hashes.key_id,
        requested_at_s=1_800_000_000,
        by_position=True,
        may_name_conversation=False,
    )
    assert hashes.of(BEN) != request.caller
    assert MARTA[2:].encode() not in event.body() + event.receipt.line()


def test_each_request_is_an_event_of_its_own(log: EventLog) -> None:
    """Two requests for the same caller at the same second are two events, and each gets its erasure."""
    positions = [request_erasure(log, MARTA, clock_s=lambda: 1.0).position for _ in range(2)]
    assert positions == [1, 2]
    assert len({read.caller for event in events(log) if isinstance(read := read_erasure(event), ErasureRequest)}) == 1


def test_key_is_made_once(log: EventLog, again: EventLog) -> None:
    """However many threads ask for the first key at once, they all get the same key."""
    made: list[CallerHashes] = []

    def make(asked: EventLog) -> None:
        made.append(asked.caller_hashes(may_create=True))

    threads = [threading.Thread(target=make, args=[(log, again)[number % 2]]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 8
    assert len({(hashes.key_id, hashes.of(MARTA)) for hashes in [*made, log.caller_hashes()]}) == 1


def test_key_is_the_logs_own(log: EventLog, other: EventLog) -> None:
    """Each log has its own key: two logs do not reveal that they name the same caller."""
    one, two = (each.caller_hashes(may_create=True) for each in (log, other))
    assert one.key_id != two.key_id
    assert one.of(MARTA) != two.of(MARTA)
    assert log.key_name


def test_reading_makes_no_key(log: EventLog) -> None:
    """A process that only checks requests never makes a key, which would hide that the old one is missing."""
    for _ in range(2):
        with pytest.raises(JournalError):
            log.caller_hashes()


def test_removes_conversations_whole(kind: Kind, log: EventLog, again: EventLog) -> None:
    """Erasing removes all bodies of the listed conversations, recordings too, and keeps the receipts; twice is fine."""
    append(
        log, CALL, audio("conv_1"), LATER, OTHER, failure("conv_1"), transcription("conv_3", "hello"), audio("conv_3")
    )
    if kind.has_recordings:
        for event in events(log):
            assert log.write_recording(event) if event.receipt.kind == "audio" else True
        assert (len(log.recordings("conv_1")), len(log.recordings("conv_3"))) == (1, 1)

    for remover in (log, again, log):
        remover.remove(erasure(events(log)[3], conversations=("conv_1",)))
        assert gone(log) == gone(again) == [1, 2, 3, 4, 5]
    assert_in_order(log, 7)
    assert len(log.recordings("conv_1")) == 0
    assert len(log.recordings("conv_3")) == kind.has_recordings


def test_removes_listed_events_of_no_conversation(log: EventLog) -> None:
    """Of events that belong to no conversation only the listed ones are removed."""
    append(log, b"\xff one", b"\xff two", b'{"type":"a"}', b'{"type":"b"}')
    all_ = events(log)
    log.remove(erasure(all_[0], all_[2]))
    assert gone(log) == [1, 3]


def test_removes_what_is_not_there(log: EventLog) -> None:
    """An erasure of conversations and events that the log never had, or has no more, is no error."""
    append(log, CALL)
    stray = f"_unreadable/{DIGEST}.body"
    log.remove(
        listing(
            ErasedEvent(position=7, kind="unreadable", conversation_id=None, path=stray), conversations=("conv_none",)
        )
    )
    assert gone(log) == []


@pytest.mark.parametrize(
    "path",
    ["../../victim", "_unreadable/../journal", "_unreadable", "_events/erasure", "_unreadable/\0", "", "conv_1/x.json"],
)
@pytest.mark.parametrize("conversation_id", ["..", ".", "/", "../..", "_events", "_unreadable", "", "*", None])
def test_forged_erasure_removes_nothing(log: EventLog, path: str, conversation_id: str | None) -> None:
    """
    Whatever names an erasure lists, no event goes but one that is named exactly; the key and the requests stay too.
    """
    append(log, CALL, b"\xff", b'{"type":"a"}')
    request_erasure(log, MARTA)
    hashes = log.caller_hashes()
    listed = ErasedEvent(position=1, kind="x", conversation_id=conversation_id, path=path)
    log.remove(listing(listed, conversations=() if conversation_id is None else (conversation_id,)))
    assert gone(log) == []
    assert log.caller_hashes().key_id == hashes.key_id


def test_bytes_that_come_again_once_erased_have_another_receipt(log: EventLog, again: EventLog) -> None:
    """The first receipt does not hide that the bytes are there again; otherwise no erasure would list them."""
    append(log, CALL, OTHER)
    log.remove(erasure(conversations=("conv_1",)))
    (receipt,) = append(again, CALL)
    assert receipt.position == 3
    assert append(log, CALL) == [receipt]
    assert events(log)[2].body() == CALL
    assert_in_order(log, 3)


def test_other_bytes_may_take_an_erased_name(log: EventLog) -> None:
    """An erased file leaves its receipt, which is not given to other bytes that take its name later."""
    append(log, CALL)
    log.remove(erasure(conversations=("conv_1",)))
    (receipt,) = append(log, LATER)
    assert receipt.position == 2
    assert events(log)[1].body() == LATER
    assert append(log, LATER) == [receipt]


def test_erasure_is_an_event_like_any_other(log: EventLog) -> None:
    """An erasure that is appended stays in the log when it is carried out."""
    append(log, CALL, OTHER)
    bytes_of = bodies(log)
    log.remove(erasure(conversations=("conv_1",)))
    assert events(log)[1].body() == bytes_of[1]
    assert request_erasure(log, MARTA).position == 3


def test_nothing_is_left_in_the_end(log: EventLog, again: EventLog) -> None:
    """What keeps the log holds nothing of what was removed, once the log says so; all else is there."""
    assert log.wipe() == ""
    append(log, CALL, audio("conv_1"), OTHER, b"\xff")
    log.remove(erasure(events(log)[3], conversations=("conv_1",)))
    wait_until(lambda: log.wipe() == "")
    assert again.wipe() == log.wipe() == ""
    assert gone(again) == [1, 2, 4]
    append(log, CALL)
    assert events(again)[4].body() == CALL
